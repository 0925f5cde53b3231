import { Command, InvalidArgumentError, Option } from 'commander';
import { type SimulatorOptions, startSimulator } from './server/simulator.ts';

const number = (text: string) => {
  if (!/^\d+(\.\d+)?$/.test(text)) throw new InvalidArgumentError('not a number');
  return Number(text);
};

const options = new Command()
  .description('The simulator of Azure Resource Manager, Resource Graph, Event Grid and the managed identity endpoint.')
  .requiredOption('--data <folder>', 'where the state is kept')
  .option('--estate <file>', 'what a new state begins with')
  .option('--networks <number>', 'makes so many more networks in a new state, by the seed', number, 0)
  .option('--drifted <percent>', 'of those, so many have no flow log or a disabled one', number, 5)
  .option('--port <number>', 'HTTPS port of ARM, 0 = choose', number, 8443)
  .option('--identity-port <number>', 'port of the identity endpoint, 0 = choose', number, 0)
  .option('--control-port <number>', 'port of the control endpoint, 0 = choose', number, 0)
  .requiredOption('--cert <file>', 'certificate of the HTTPS server (PEM)')
  .requiredOption('--key <file>', 'its private key (PEM)')
  .option('--roles <folder>', 'role definitions in the place of those that infra/azure deploys')
  .addOption(
    new Option('--record <folder>', 'append every kind of exchange to a file in it, as lines of JSON').env(
      'FLOWKEEPER_ARM_RECORD',
    ),
  )
  .option('--real-times', 'operations and propagation take as long as in Azure', false)
  .option('--time-scale <factor>', 'times how long operations and propagation take', number, 1)
  .option('--seed <number>', 'for what happens only now and then', number, 1)
  .option('--event-retry-scale <factor>', "times Event Grid's retry delays", number, 0.02)
  .option('--blob-storage <connection string>', 'Azurite, for dead letters of events and for what flow logs write')
  .option('--storage-port <number>', "HTTPS port of the storage accounts' blobs, 0 = choose", number, 0)
  .option('--flow-log-seconds <number>', 'how often flow logs write; in Azure every 60 s', number, 10)
  .parse()
  .opts<SimulatorOptions>();

const simulator = await startSimulator(options).catch((error: unknown) => {
  console.error(`The ARM simulator cannot start: ${error instanceof Error ? error.message : error}`);
  return process.exit(1);
});

async function stop(): Promise<void> {
  await simulator.stop();
  process.exit(0);
}

process.once('SIGTERM', stop);
process.once('SIGINT', stop);
process.once('disconnect', stop);
process.send?.({ kind: 'ready', pid: process.pid, ...simulator.addresses });
