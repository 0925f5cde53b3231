import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Finished, run } from '../../infra/azure/run.ts';

// Stands in for `az`: says that one of the subscriptions has a system topic already, and writes down what it is asked to deploy.
const standIn = `#!/bin/sh
case "$*" in
  "eventgrid system-topic list --subscription sub-b "*) echo /subscriptions/sub-b/theirs ;;
  "eventgrid system-topic list"*) ;;
  "deployment sub show --subscription done "*) echo Succeeded ;;
  "deployment sub show"*) exit 3 ;;
  "rest "*'"managementGroups":["corp"]'*'"$skip":0}'*) printf 'new-a\\ndone\\n' ;;
  "rest "*'"managementGroups":["corp"]'*'"$skip":2}'*) echo new-b ;;
  "rest "*'"managementGroups":["corp"]'*'"$skip":3}'*) ;;
  "rest "*) exit 3 ;;
  *) printf '%s\\n' "$*" >> "$ASKED" ;;
esac
case "$*" in *"--subscription refused"*) exit 3 ;; esac
`;

const environment = {
  AZURE_ENV_NAME: 'prod',
  AZURE_LOCATION: 'westeurope',
  AZURE_SUBSCRIPTION_ID: 'home',
  FLOWKEEPER_FUNCTION_APP_ID: '/app',
  FLOWKEEPER_DEAD_LETTER_IDENTITY_ID: '/identity',
  FLOWKEEPER_DEAD_LETTER_STORAGE_ACCOUNT_ID: '/storage',
  FLOWKEEPER_DEAD_LETTER_CONTAINER: 'dead-letters',
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'deploy-events-'));
  await writeFile(join(folder, 'az'), standIn);
  await chmod(join(folder, 'az'), 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function deployEvents(
  name: string,
  extra: Record<string, string>,
  args: readonly string[] = [],
): Promise<Finished & { readonly asked: readonly string[] }> {
  const asked = join(folder, name);
  await writeFile(asked, '');
  const path = `${folder}${delimiter}${process.env.PATH ?? ''}`;
  const finished = await run('sh', ['infra/azure/deploy-events.sh', ...args], {
    PATH: path,
    ASKED: asked,
    ...environment,
    ...extra,
  });
  return { ...finished, asked: (await readFile(asked, 'utf8')).split('\n').filter((line) => line !== '') };
}

describe('deploy-events.sh', () => {
  test('deploys events.bicep to each subscription, onto a system topic that is there already', async () => {
    const { exitCode, asked } = await deployEvents('both', { FLOWKEEPER_SUBSCRIPTIONS: 'sub-a,sub-b' });
    expect(exitCode).toBe(0);
    expect(asked).toHaveLength(2);
    expect(asked[0]).toContain('deployment sub create --subscription sub-a ');
    expect(asked[0]).toContain('--template-file infra/azure/events.bicep');
    expect(asked[0]).toContain('functionAppId=/app deadLetterIdentityId=/identity deadLetterStorageAccountId=/storage');
    expect(asked[0]).toContain('systemTopicId= ');
    expect(asked[1]).toContain('--subscription sub-b ');
    expect(asked[1]).toContain('systemTopicId=/subscriptions/sub-b/theirs ');
  });

  test('takes the subscription of Flowkeeper where the estate is not named', async () => {
    const { asked } = await deployEvents('home', {});
    expect(asked.map((line) => line.split(' ')[4])).toEqual(['home']);
  });

  test('takes the subscriptions of storage accounts and identities as well, each once', async () => {
    const { asked } = await deployEvents('destinations', {
      FLOWKEEPER_SUBSCRIPTIONS: 'sub-a,SUB-A',
      FLOWKEEPER_STORAGE_ACCOUNTS: '/subscriptions/sub-c/resourceGroups/g/a,/subscriptions/sub-c/resourceGroups/g/b',
      FLOWKEEPER_IDENTITY_GROUP: '/subscriptions/sub-d/resourceGroups/g',
    });
    expect(asked.map((line) => line.split(' ')[4])).toEqual(['sub-a', 'sub-c', 'sub-d']);
  });

  const subscriptionsOf = (asked: readonly string[]) => asked.map((line) => line.split(' ')[4]);

  test('takes all subscriptions below a management group, page by page, instead of the list', async () => {
    const { exitCode, asked } = await deployEvents('group', {
      FLOWKEEPER_MANAGEMENT_GROUP: 'corp',
      FLOWKEEPER_SUBSCRIPTIONS: 'sub-a',
      FLOWKEEPER_STORAGE_ACCOUNTS: '/subscriptions/sub-c/resourceGroups/g/a',
    });
    expect(exitCode).toBe(0);
    expect(subscriptionsOf(asked)).toEqual(['new-a', 'done', 'new-b', 'sub-c']);
  });

  test('fails where the management group can not be read', async () => {
    const { exitCode, asked } = await deployEvents('unreadable', { FLOWKEEPER_MANAGEMENT_GROUP: 'secret' });
    expect({ failed: exitCode !== 0, asked }).toEqual({ failed: true, asked: [] });
  });

  test('leaves out, when asked for new ones only, where it was successful before', async () => {
    const { asked } = await deployEvents('new', { FLOWKEEPER_MANAGEMENT_GROUP: 'corp' }, ['new']);
    expect(subscriptionsOf(asked)).toEqual(['new-a', 'new-b']);
  });

  test('subscribes to nothing where nothing can be delivered', async () => {
    const { exitCode, asked, stdout } = await deployEvents('off', { FLOWKEEPER_EVENTS: 'off' });
    expect({ exitCode, asked }).toEqual({ exitCode: 0, asked: [] });
    expect(stdout).toContain('FLOWKEEPER_NETWORK');
  });

  test('stops and fails at the first subscription that fails', async () => {
    const { exitCode, asked } = await deployEvents('refused', { FLOWKEEPER_SUBSCRIPTIONS: 'refused,sub-a' });
    expect(exitCode).not.toBe(0);
    expect(asked).toEqual([]);
  });

  test('says which variable is missing', async () => {
    const { exitCode, stderr } = await deployEvents('missing', { AZURE_ENV_NAME: '' });
    expect({ exitCode: exitCode !== 0, stderr }).toEqual({
      exitCode: true,
      stderr: expect.stringContaining('AZURE_ENV_NAME'),
    });
  });
});
