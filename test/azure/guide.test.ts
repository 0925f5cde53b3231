import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Followed, followGuide, functionApp } from './follow-guide.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
let followed: Followed | null = null;

beforeAll(async () => {
  followed = await followGuide();
});
afterAll(() => followed?.remove());

function guide(): Followed {
  if (followed === null) throw new Error('The guide was not followed.');
  return followed;
}

/** Where, among all that was asked, the first line is that has all of these words. */
function indexOf(...words: readonly string[]): number {
  const index = guide().asked.findIndex((line) => words.every((word) => line.includes(word)));
  if (index < 0) throw new Error(`Nothing was asked with ${words.join(' ')}.`);
  return index;
}

describe('whoever follows the operations guide, command by command,', () => {
  beforeEach((context) => {
    if (followed === null) context.skip('There is no jq on this machine, which the guide asks for.');
  });

  test('comes to its end', () => {
    const { exitCode, stderr } = guide().finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });

  test('deploys the app, then the code, then the events, all to what the step before has made', () => {
    const made = indexOf('az deployment sub create', 'infra/azure/main.bicepparam');
    const packed = indexOf('npm run package');
    const deployed = indexOf(
      'az functionapp deployment source config-zip',
      '--name func-flowkeeper-prod',
      'dist/package.zip',
    );
    const subscribed = indexOf('az deployment sub create', 'infra/azure/events.bicep');
    expect([made, packed, deployed, subscribed]).toEqual(
      [made, packed, deployed, subscribed].toSorted((a, b) => a - b),
    );
    expect(guide().asked[subscribed]).toContain(`functionAppId=${functionApp} `);
  });

  test('hands the destinations to the app, and their ids to the policy', () => {
    indexOf('azd env set FLOWKEEPER_STORAGE_ACCOUNTS /stlogs');
    indexOf('azd env set FLOWKEEPER_IDENTITY_GROUP /group');
    expect(guide().finished.stdout).toContain('"westeurope": "/stlogs"');
  });

  test('switches one rule to enforce, under the ETag that came with the policy, and everything off in an emergency', async () => {
    indexOf('curl -s -X PUT https://func.test/api/policy', 'if-match: "0x1"', '@next.json');
    const next = JSON.parse(await guide().read('next.json'));
    expect(next).toMatchObject({ mode: 'audit', exemptions: [{ reason: 'exported' }] });
    expect(guide().asked.join('\n')).toMatch(/"mode": "off"/);
  });

  test('asks Azure for the right things of a VNet that moves', () => {
    indexOf('az tag update --resource-id', 'flowkeeper-hold=');
    indexOf('az resource delete --ids answered');
    indexOf('az resource move --ids', '--destination-group rg-elsewhere');
    indexOf('resourceGroups/rg-elsewhere/providers/Microsoft.Network/virtualNetworks/vnet-app', '--operation Delete');
  });

  test('takes back rights in the estate and at home, then the roles, then the app', () => {
    const order = [
      indexOf('az group delete', '--name rg-flowkeeper-prod-events'),
      indexOf('az role definition delete'),
      indexOf(
        'az group delete',
        '--name rg-flowkeeper-prod',
        '--subscription 00000000-0000-0000-0000-000000000000 --name rg-flowkeeper-prod',
      ),
    ];
    expect(
      guide().asked.filter((line) => line.startsWith('az role assignment delete --ids answered')).length,
    ).toBeGreaterThanOrEqual(3);
    expect(order[0]).toBeLessThan(order[1] ?? 0);
  });
});

describe('azure.yaml', () => {
  test('builds the package before azd packs it, and subscribes to the events after azd has deployed the code', async () => {
    const text = await readFile(join(root, 'azure.yaml'), 'utf8');
    const hooks = [...text.matchAll(/^ {2}(\w+):\n {4}shell: sh\n {4}run: (.+)$/gm)].map((match) => [
      match[1],
      match[2],
    ]);
    expect(hooks).toEqual([
      ['prepackage', 'infra/azure/build-package.sh'],
      ['postdeploy', 'infra/azure/deploy-events.sh'],
    ]);
    expect(text).toContain('dist: dist/package\n');
  });
});
