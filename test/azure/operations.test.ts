import { readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { operations } from '../../functions/api/operations.ts';
import { type RoleFile, readRoleFiles } from './role-files.ts';

const root = new URL('../../', import.meta.url);
let guide: string;
let roles: readonly RoleFile[];

beforeAll(async () => {
  [guide, roles] = await Promise.all([readFile(new URL('docs/operations.md', root), 'utf8'), readRoleFiles()]);
});

/** Names like FLOWKEEPER_… and AZURE_… that a text mentions, once each. */
function variablesIn(text: string): readonly string[] {
  return [...new Set(text.match(/\b(FLOWKEEPER|AZURE)_[A-Z_]+\b/g))].sort();
}

describe('the operations guide', () => {
  test('has a row for each role file, at its scope', () => {
    const scopes = {
      estate: 'subscriptions or management group',
      identityGroup: 'resource group of the identities',
      storageAccount: 'each storage account named',
    };
    for (const { roleName, assignedAt } of roles) {
      const row = guide
        .split('\n')
        .find((line) => line.startsWith(`| ${scopes[assignedAt]}`) && line.includes(`| ${roleName}`));
      expect({ roleName, described: row !== undefined }).toEqual({ roleName, described: true });
    }
  });

  test('names no other roles of ours than there are', () => {
    const named = [...guide.matchAll(/\| (Flowkeeper [A-Z][A-Za-z ]+[a-z])[,]? /g)].map((match) => match[1] ?? '');
    const known = roles.map(({ roleName }) => roleName);
    expect(named.map((name) => name.replace(/, instead$/, '')).filter((name) => !known.includes(name))).toEqual([]);
    expect(named).toHaveLength(known.length);
  });

  test('explains each variable that the parameters read, and no variable that nothing reads or writes', async () => {
    const files = ['main.bicepparam', 'main.bicep', 'deploy-events.sh'];
    const texts = await Promise.all(files.map((file) => readFile(new URL(`infra/azure/${file}`, root), 'utf8')));
    const explained = variablesIn(guide);
    expect(variablesIn(texts[0] ?? '').filter((name) => !explained.includes(name))).toEqual([]);
    expect(explained.filter((name) => !variablesIn(texts.join('\n')).includes(name))).toEqual([]);
  });

  test('registers the roles that the API knows', async () => {
    const registration = z.object({
      appRoles: z.array(z.object({ id: z.guid(), value: z.string(), isEnabled: z.literal(true) })),
      api: z.object({ requestedAccessTokenVersion: z.literal(2) }),
    });
    const { appRoles } = registration.parse(
      JSON.parse(await readFile(new URL('infra/azure/app-registration.json', root), 'utf8')),
    );
    expect(appRoles.map(({ value }) => value)).toEqual(
      [...new Set(operations.map(({ role }) => role))].sort().reverse(),
    );
  });

  test('is right that every right to change something is off until it is asked for', async () => {
    const file = await readFile(new URL('infra/azure/main.bicepparam', root), 'utf8');
    const defaults = [...file.matchAll(/'(FLOWKEEPER_ALLOW_\w+)', '(\w+)'/g)].map((match) => [match[1], match[2]]);
    expect(defaults).toEqual([
      ['FLOWKEEPER_ALLOW_FLOW_LOGS', 'false'],
      ['FLOWKEEPER_ALLOW_CLEANUP', 'false'],
      ['FLOWKEEPER_ALLOW_NETWORK_WATCHERS', 'false'],
      ['FLOWKEEPER_ALLOW_DESTINATIONS', 'false'],
      ['FLOWKEEPER_ALLOW_DELIVERY_PROOF', 'false'],
    ]);
  });
});
