import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { writeDemoEstate } from './demo/estate.ts';
import { getNetworks } from './demo/functions-api.ts';
import { whatIsWrong } from './demo/judge.ts';
import { scenes } from './demo/scenes.ts';
import type { Stage } from './demo/stage.ts';
import { verdictTable } from './demo/table.ts';
import { readNetworks } from './estate/read.ts';
import { createNarrator } from './narrator/narrator.ts';
import { isColoured, toldText } from './narrator/told-text.ts';
import { signInAsOperator } from './world/operator.ts';
import { StartError } from './world/start-error.ts';
import { stopRequested } from './world/stop-request.ts';
import { startWorld } from './world/world.ts';

// npm run demo: the story of Flowkeeper without a keyboard, on an estate, a data folder and ports of its own. It exits with 0 only if
// ARM and Flowkeeper's own answers show, after every scene and at the end, what the story says.

const { app } = new Command('npm run demo --')
  .description('The story of Flowkeeper in about a minute.')
  .option('--app <folder>', 'the app as it is deployed (npm run package), instead of the one that was just built')
  .parse()
  .opts<{ app?: string }>();

const stop = stopRequested();
const folder = mkdtempSync(join(tmpdir(), 'flowkeeper-demo-'));
const problem = await run().catch((error: unknown) => (stop.aborted ? 'Stopped before the end.' : describe(error)));
if (problem === undefined) rmSync(folder, { recursive: true, force: true });
else console.error(`\n${problem}\nWhat happened in detail: ${join(folder, 'run.log')}`);
process.exit(problem === undefined ? 0 : 1);

async function run(): Promise<string | undefined> {
  const began = Date.now();
  console.log(
    'Flowkeeper, its story in about a minute. Starting the stand-ins for Azure, the Functions host and the app …',
  );
  const estateFile = join(folder, 'estate.json');
  writeDemoEstate(estateFile);
  const log = createWriteStream(join(folder, 'run.log'));
  const narrate = createNarrator();
  const coloured = isColoured(process.stdout);
  const world = await startWorld({
    dataDir: join(folder, 'data'),
    estateFile,
    ...(app === undefined ? {} : { appDir: resolve(app) }),
    abort: stop,
    onLine: (part, line) => {
      log.write(`${part} ${line}\n`);
      const told = part === 'host' ? narrate(line) : undefined;
      if (told !== undefined) console.log(`   ${toldText(told, { coloured })}`);
    },
  });
  try {
    const environment = world.environment();
    const stage = { environment, operator: await signInAsOperator(environment) };
    const told = await Promise.race([tell(stage), untilBrokenOff(world.lost)]);
    const seconds = Math.round((Date.now() - began) / 1000);
    if (told === undefined) console.log(`\nAll is as it should be, after ${seconds} s.`);
    return told;
  } finally {
    await world.stop();
  }
}

/** Plays all scenes and shows the table; answers what was not as the story says. */
async function tell(stage: Stage): Promise<string | undefined> {
  let problem: string | undefined;
  for (const [index, { title, outcome, play }] of scenes.entries()) {
    const began = Date.now();
    console.log(`\n${index + 1}. ${title}`);
    problem = await play(stage).then(
      () => undefined,
      (error: unknown) => describe(error),
    );
    const seconds = ((Date.now() - began) / 1000).toFixed(1);
    console.log(problem === undefined ? `   ✓ ${outcome}  ${seconds} s` : `   ✗ ${outcome}: ${problem}`);
    if (problem !== undefined) break;
  }
  const networks = await readNetworks(stage.operator, stage.environment);
  const told = await getNetworks(stage.environment);
  console.log(`\n${verdictTable(networks, told, stage.environment)}`);
  const wrong = networks.filter((network) => whatIsWrong(network, told, stage.environment) !== undefined);
  return (
    problem ?? (wrong.length === 0 ? undefined : `Not as the policy wants: ${wrong.map(({ name }) => name).join(', ')}`)
  );
}

async function untilBrokenOff(lost: Promise<StartError>): Promise<never> {
  const stopped = new Promise<never>((_, refuse) =>
    stop.addEventListener('abort', () => refuse(new StartError('Stopped.'))),
  );
  throw await Promise.race([lost, stopped]);
}

function describe(error: unknown): string {
  if (error instanceof StartError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
