import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { guideScript } from '../../infra/azure/guide.ts';
import { type Finished, run } from '../../infra/azure/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const app = '/subscriptions/home/resourceGroups/rg-flowkeeper-prod/providers/Microsoft.Web/sites/func-flowkeeper-prod';
const outputs = {
  AZURE_RESOURCE_GROUP: 'rg-flowkeeper-prod',
  FLOWKEEPER_FUNCTION_APP_ID: app,
  FLOWKEEPER_HOST_NAME: 'func.test',
  FLOWKEEPER_PRINCIPAL_ID: 'principal',
  FLOWKEEPER_DEAD_LETTER_IDENTITY_ID: '/identity',
  FLOWKEEPER_DEAD_LETTER_STORAGE_ACCOUNT_ID: '/storage',
  FLOWKEEPER_DEAD_LETTER_CONTAINER: 'dead-letters',
  FLOWKEEPER_EVENTS: 'on',
};
const destination = { location: 'westeurope', storageAccountId: '/stlogs', identityId: '/id-logs' };
const policy = {
  mode: 'audit',
  rules: [{ name: 'platform' }, { name: 'rest' }],
  exemptions: [],
  networks: [],
  destinations: [],
};

// Stand in for everything that would leave this machine: they write down what they are asked, and answer what the next command reads.
const answers: Readonly<Record<string, string>> = {
  azd: `case "$*" in "env get-values") cat "$ANSWERS/values" ;; esac`,
  az: `case "$*" in
  "deployment sub show"*flowkeeper-logs*) cat "$ANSWERS/logs.json" ;;
  "deployment sub show"*) cat "$ANSWERS/outputs.json" ;;
  "policy exemption list"*) echo '[]' ;;
  *--query*tsv*) echo answered ;;
esac`,
  curl: `case "$*" in *"-D -"*) printf 'HTTP/1.1 200 OK\\r\\nETag: "0x1"\\r\\n\\r\\n' ;; esac
case "$*" in *"-o policy.json"*) cat "$ANSWERS/stated.json" > policy.json ;; *"-X"*) ;; *) cat "$ANSWERS/stated.json" ;; esac
case "$*" in *"-d @-"*) cat >> "$ANSWERS/asked" ;; esac`,
  git: 'echo v1',
  npm: `case "$*" in *exemptions*) echo '[{"reason":"exported"}]' ;; esac`,
};

let folder: string;
let finished: Finished;
let asked: readonly string[];
let hasJq = false;

beforeAll(async () => {
  hasJq = (await run('jq', ['--version']).catch(() => null))?.exitCode === 0;
  if (!hasJq) return;
  folder = await mkdtemp(join(tmpdir(), 'guide-'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  for (const [name, answer] of Object.entries(answers)) {
    await write(name, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> "$ANSWERS/asked"\n${answer}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const asAzure = Object.entries(outputs).map(([name, value]) => [name.toLowerCase(), { value }]);
  await write('outputs.json', JSON.stringify(Object.fromEntries(asAzure)));
  await write(
    'values',
    Object.entries(outputs)
      .map(([name, value]) => `${name}="${value}"`)
      .join('\n'),
  );
  await write(
    'logs.json',
    JSON.stringify({ destinations: { value: [destination] }, identityGroupId: { value: '/group' } }),
  );
  await write('stated.json', JSON.stringify(policy));
  await write('network.json', '{}');
  await write('asked', '');
  await symlink(join(root, 'infra'), join(folder, 'infra'));
  await write('guide.sh', `set -eu\ncd "$ANSWERS"\n${await guideScript()}`);
  const env = { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, ANSWERS: folder };
  finished = await run('sh', [join(folder, 'guide.sh')], env);
  asked = (await readFile(join(folder, 'asked'), 'utf8')).split('\n');
});
afterAll(async () => {
  if (hasJq) await rm(folder, { recursive: true, force: true });
});
beforeEach((context) => {
  if (!hasJq) context.skip('There is no jq on this machine, which the guide asks for.');
});

/** Where, among all that was asked, the first line is that has all of these words. */
function indexOf(...words: readonly string[]): number {
  const index = asked.findIndex((line) => words.every((word) => line.includes(word)));
  if (index < 0) throw new Error(`Nothing was asked with ${words.join(' ')}.`);
  return index;
}

describe('whoever follows the operations guide, command by command,', () => {
  test('comes to its end', () => {
    expect({ exitCode: finished.exitCode, stderr: finished.stderr }).toEqual({ exitCode: 0, stderr: '' });
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
    expect(asked[subscribed]).toContain(`functionAppId=${app} `);
  });

  test('hands the destinations to the app, and their ids to the policy', () => {
    indexOf('azd env set FLOWKEEPER_STORAGE_ACCOUNTS /stlogs');
    indexOf('azd env set FLOWKEEPER_IDENTITY_GROUP /group');
    expect(finished.stdout).toContain('"westeurope": "/stlogs"');
  });

  test('switches one rule to enforce, under the ETag that came with the policy, and everything off in an emergency', async () => {
    indexOf('curl -s -X PUT https://func.test/api/policy', 'if-match: "0x1"', '@next.json');
    const next = JSON.parse(await readFile(join(folder, 'next.json'), 'utf8'));
    expect(next).toMatchObject({ mode: 'audit', exemptions: [{ reason: 'exported' }] });
    expect(asked.join('\n')).toMatch(/"mode": "off"/);
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
      asked.filter((line) => line.startsWith('az role assignment delete --ids answered')).length,
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
