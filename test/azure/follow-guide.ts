import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { guideScript } from '../../infra/azure/guide.ts';
import { type Finished, run } from '../../infra/azure/run.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const functionApp =
  '/subscriptions/home/resourceGroups/rg-flowkeeper-prod/providers/Microsoft.Web/sites/func-flowkeeper-prod';
const outputs = {
  AZURE_RESOURCE_GROUP: 'rg-flowkeeper-prod',
  FLOWKEEPER_FUNCTION_APP_ID: functionApp,
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

/** What came of following the guide: how it ended, all that was asked of Azure and others, and the folder where it was done. */
export type Followed = {
  readonly finished: Finished;
  readonly asked: readonly string[];
  readonly read: (name: string) => Promise<string>;
  readonly remove: () => Promise<void>;
};

/**
 * Runs every command of the operations guide, one after the other; null where there is no jq, which it asks for. `given` are files that
 * whoever follows it has, `api` is where a real Flowkeeper answers: left out, its answers are made up, too.
 */
export async function followGuide(given: Readonly<Record<string, string>> = {}, api?: URL): Promise<Followed | null> {
  if ((await run('jq', ['--version']).catch(() => null))?.exitCode !== 0) return null;
  const folder = await mkdtemp(join(tmpdir(), 'guide-'));
  const write = (name: string, text: string) => writeFile(join(folder, name), text);
  const commands = api === undefined ? answers : { ...answers, curl: await throughHttp() };
  for (const [name, answer] of Object.entries(commands)) {
    await write(name, `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> "$ANSWERS/asked"\n${answer}\n`);
    await chmod(join(folder, name), 0o755);
  }
  const values = Object.entries({ ...outputs, ...(api ? { FLOWKEEPER_HOST_NAME: api.host } : {}) });
  const asAzure = values.map(([name, value]) => [name.toLowerCase(), { value }]);
  await write('outputs.json', JSON.stringify(Object.fromEntries(asAzure)));
  await write('values', values.map(([name, value]) => `${name}="${value}"`).join('\n'));
  const ofLogs = { destinations: { value: [destination] }, identityGroupId: { value: '/group' } };
  await write('logs.json', JSON.stringify(ofLogs));
  await write('stated.json', JSON.stringify(policy));
  await write('network.json', '{}');
  await write('asked', '');
  for (const [name, text] of Object.entries(given)) await write(name, text);
  await symlink(join(root, 'infra'), join(folder, 'infra'));
  await write('guide.sh', `set -eu\ncd "$ANSWERS"\n${await guideScript()}`);
  const env = { PATH: `${folder}${delimiter}${process.env.PATH ?? ''}`, ANSWERS: folder };
  const finished = await run('sh', [join(folder, 'guide.sh')], env);
  const read = (name: string) => readFile(join(folder, name), 'utf8');
  const asked = (await read('asked')).split('\n');
  return { finished, asked, read, remove: () => rm(folder, { recursive: true, force: true }) };
}

/** The real curl, for a host on this machine, which speaks plain HTTP. */
async function throughHttp(): Promise<string> {
  const real = (await run('sh', ['-c', 'command -v curl'])).stdout.trim();
  return `left=$#
while [ "$left" -gt 0 ]; do
  argument=$(printf '%s' "$1" | sed 's#^https://#http://#')
  shift
  set -- "$@" "$argument"
  left=$((left - 1))
done
exec ${real} "$@"`;
}
