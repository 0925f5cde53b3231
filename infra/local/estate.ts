import { Command } from 'commander';
import { nameOf } from '../../shared/resource-id.ts';
import {
  changeFlowLog,
  changeTags,
  createNetwork,
  deleteFlowLog,
  deleteIdentity,
  deleteNetwork,
  deleteRoleAssignments,
  findStorageAccount,
} from './estate/change.ts';
import { findFlowLog, findNetwork, readEstate } from './estate/read.ts';
import { estateTable } from './estate/table.ts';
import { type EnvironmentFile, readEnvironmentFile } from './world/env-file.ts';
import { type Operator, signInAsOperator } from './world/operator.ts';
import { endWithError, StartError } from './world/start-error.ts';

// The estate as its owner changes it, through Azure's SDK and ARM alone: npm run estate -- --help

const program = new Command('npm run estate --')
  .description('Changes the estate of a running `npm start`, as its owner would.')
  .option('--data <dir>', 'data folder of the run', '.flowkeeper');

program
  .command('list')
  .description('show all VNets with their flow logs')
  .action(() =>
    act(async (operator, environment) => {
      const { networks, orphans } = await readEstate(operator, environment);
      return estateTable(networks, orphans);
    }),
  );

program
  .command('create-network <name>')
  .description('create a VNet')
  .option('--location <location>', 'region', 'westeurope')
  .option('--subscription <name>', 'name or id of the subscription; the first one where left out')
  .option('--tag <name=value...>', 'tags')
  .action((name: string, options: { location: string; subscription?: string; tag?: string[] }) =>
    act(async (operator, environment) => {
      const { id, resourceGroup } = subscriptionNamed(environment, options.subscription);
      const tags = parseTags(options.tag ?? []);
      return `Created ${await createNetwork(operator, { name, subscriptionId: id, resourceGroup, location: options.location, tags })}`;
    }),
  );

program
  .command('change-network <network>')
  .description('write a VNet again, with other tags')
  .option('--tag <name=value...>', 'tags to set', [])
  .option('--untag <name...>', 'tags to remove', [])
  .action((network: string, options: { tag: string[]; untag: string[] }) =>
    act(async (operator, environment) => {
      const found = await findNetwork(operator, environment, network);
      await changeTags(operator, found, { set: parseTags(options.tag), remove: options.untag });
      return `Changed ${found.id}`;
    }),
  );

program
  .command('delete-network <network>')
  .description('delete a VNet')
  .action((network: string) =>
    act(async (operator, environment) => {
      const found = await findNetwork(operator, environment, network);
      await deleteNetwork(operator, found);
      return `Deleted ${found.id}`;
    }),
  );

program
  .command('disable-flow-log <network>')
  .description("disable a VNet's flow log")
  .action((network: string) =>
    act(async (operator, environment) => {
      const found = await findFlowLog(operator, environment, network);
      await changeFlowLog(operator, found, { enabled: false });
      return `Disabled ${found.id}`;
    }),
  );

program
  .command('repoint-flow-log <network> <storageAccount>')
  .description("send a VNet's flow log to another storage account")
  .action((network: string, storageAccount: string) =>
    act(async (operator, environment) => {
      const storageId = await findStorageAccount(operator, environment, storageAccount);
      const found = await findFlowLog(operator, environment, network);
      await changeFlowLog(operator, found, { storageId });
      return `Sent ${found.id} to ${nameOf(storageId)}`;
    }),
  );

program
  .command('delete-flow-log <network>')
  .description("delete a VNet's flow log")
  .action((network: string) =>
    act(async (operator, environment) => {
      const found = await findFlowLog(operator, environment, network);
      await deleteFlowLog(operator, found);
      return `Deleted ${found.id}`;
    }),
  );

program
  .command('delete-identity <identity>')
  .description('delete a user-assigned identity')
  .action((identity: string) =>
    act(async (operator, environment) => `Deleted ${await deleteIdentity(operator, environment, identity)}`),
  );

program
  .command('delete-role-assignment <storageAccount>')
  .description('take the right to write blobs to a storage account from the identity of its flow logs')
  .action((storageAccount: string) =>
    act(async (operator, environment) => {
      const id = await findStorageAccount(operator, environment, storageAccount);
      return `Deleted ${(await deleteRoleAssignments(operator, environment, id)).join('\nDeleted ')}`;
    }),
  );

await program.parseAsync().catch(endWithError);

async function act(work: (operator: Operator, environment: EnvironmentFile) => Promise<string>): Promise<void> {
  const { data } = program.opts<{ data: string }>();
  const environment = readEnvironmentFile(data);
  if (environment === undefined)
    throw new StartError(`Nothing runs on the data folder ${data}. Start it first: npm start`);
  try {
    console.log(await work(await signInAsOperator(environment), environment));
  } catch (error) {
    throw error instanceof StartError ? error : new StartError(refusal(error, environment));
  }
}

/** What ARM answered, or that it did not, in one line. */
function refusal(error: unknown, { armEndpoint }: EnvironmentFile): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  if (code === 'ECONNREFUSED' || code === 'REQUEST_SEND_ERROR')
    return `Nothing answers at ${armEndpoint}. Is npm start still running?`;
  return `ARM refused (${code}): ${error.message}`;
}

function subscriptionNamed(
  { subscriptions }: EnvironmentFile,
  nameOrId: string | undefined,
): EnvironmentFile['subscriptions'][number] {
  const found = subscriptions.find(({ id, name }) => nameOrId === undefined || id === nameOrId || name === nameOrId);
  if (found !== undefined) return found;
  throw new StartError(
    `There is no subscription '${nameOrId}'; there are: ${subscriptions.map(({ name }) => name).join(', ')}`,
  );
}

function parseTags(pairs: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=');
      if (at < 1) throw new StartError(`A tag is name=value, not '${pair}'.`);
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}
