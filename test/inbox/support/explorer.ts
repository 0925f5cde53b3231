import type { Run } from '../../../shared/inbox/work-item.ts';
import { brokenAtEnd, noteAsked, noteResult, Violation } from './promises.ts';
import { createRecords, type Moment, type Records } from './records.ts';
import type { Program } from './scripted.ts';
import { effectOf, emptyWorld, endInstance, isWorkLeft, keyOf, type Process, runOf, type World } from './world.ts';

export type Scenario = {
  /** A program that has ended before the others begin; the runs it started have yet to do their first call. */
  readonly before?: Program;
  /** Programs that are there from the start, by name; each does its calls in order, mixed with the others in every way. */
  readonly processes: Readonly<Record<string, Program>>;
  /** What an instance does when it is started. */
  readonly run: (run: Run) => Program;
  /** The watchdog that comes by when nothing else moves any more and work is left. */
  readonly watchdog?: Program;
  readonly minutes?: number;
  /** How many times a process may die, be repeated or be terminated, at any point. */
  readonly faults?: number;
  /** One more fault: an activity is taken for dead and repeated, while it goes on. */
  readonly ghosts?: boolean;
  /** What the engine says when a run was created; long ago makes the watchdog give up on runs that are alive. */
  readonly createdAt: string;
};

export type Explored = { readonly states: number; readonly interleavings: number };

/**
 * Goes through all interleavings of the scenario's processes, every call of the port being a point where another
 * process may go on, and throws a Violation, with its schedule, for the first one that breaks a promise of promises.ts.
 */
export async function explore(scenario: Scenario): Promise<Explored> {
  const records = createRecords((name) => programOf(scenario, name));
  const interleavings = new Map<string, number>();
  const schedule: Step[] = [];

  const visit = async (world: World): Promise<number> => {
    const key = keyOf(world);
    const known = interleavings.get(key);
    if (known !== undefined) return known;
    const steps = await stepsFrom(scenario, records, world);
    let paths = steps.length === 0 ? 1 : 0;
    for (const step of steps) {
      schedule.push(step);
      paths += await visit(await step.take().catch((error) => fail(error, schedule)));
      schedule.pop();
    }
    const broken = steps.length === 0 ? brokenAtEnd(world) : null;
    if (broken) fail(broken, schedule);
    interleavings.set(key, paths);
    return paths;
  };

  const total = await visit(await firstWorld(scenario, records));
  return { states: interleavings.size, interleavings: total };
}

async function firstWorld(scenario: Scenario, records: Records): Promise<World> {
  let world: World = { ...emptyWorld, faults: scenario.faults ?? 0, minutes: scenario.minutes ?? 0 };
  if (scenario.before) world = { ...world, processes: [await begin(records, 'before', null)] };
  for (let first = world.processes[0]; first?.moment.program === 'before'; first = world.processes[0]) {
    world = await advance(scenario, records, world, first);
  }
  const others = await Promise.all(Object.keys(scenario.processes).map((name) => begin(records, name, null)));
  return { ...world, processes: [...world.processes, ...others] };
}

type Step = { readonly name: () => string; readonly take: () => Promise<World> };

async function stepsFrom(scenario: Scenario, records: Records, world: World): Promise<readonly Step[]> {
  const goOn = world.processes.map((process) => ({
    name: () => describe(process),
    take: () => advance(scenario, records, world, process),
  }));
  if (goOn.length > 0)
    return world.faults > 0
      ? [...goOn, ...world.processes.flatMap((p) => faultsOf(scenario, records, world, p))]
      : goOn;
  if (world.minutes === 0 || !isWorkLeft(world)) return [];
  const watchdog = async () => ({
    ...world,
    minutes: world.minutes - 1,
    processes: [await begin(records, 'watchdog', null)],
  });
  return [{ name: () => 'a minute passes', take: watchdog }];
}

function faultsOf(scenario: Scenario, records: Records, world: World, process: Process): readonly Step[] {
  const left = { ...world, faults: world.faults - 1 };
  const { instance, moment } = process;
  const dies = {
    name: () => `${describe(process)}: dies`,
    take: async () => {
      const ended = instance && !process.orphaned ? endInstance(left, instance, 'Failed') : left;
      return { ...ended, processes: without(ended, process) };
    },
  };
  if (!instance || process.orphaned) return [dies]; // a ghost is orphaned too
  const terminated = {
    name: () => `${instance} is terminated`,
    take: async () => endInstance(left, instance, 'Terminated'),
  };
  const repeated = {
    name: () => `${describe(process)}: dies, activity is repeated`,
    take: async () => ({ ...left, processes: replaced(left, { ...process, moment: await records.repeat(moment) }) }),
  };
  const doubled = {
    name: () => `${describe(process)}: goes on, but is taken for dead, and the activity is repeated`,
    take: async () => {
      const ghost = { ...process, orphaned: true, moment: await records.as(`${ghostly}${moment.program}`, moment) };
      const again = { ...process, moment: await records.repeat(moment) };
      return { ...left, processes: [...replaced(left, again), ghost] };
    },
  };
  if (moment.answers.length === 0) return [dies, terminated];
  const hasGhost = world.processes.some((other) => other.moment.program === `${ghostly}${moment.program}`);
  return scenario.ghosts && !hasGhost ? [dies, terminated, repeated, doubled] : [dies, terminated, repeated];
}

/** One call of one process, and what follows from it without another call. */
async function advance(scenario: Scenario, records: Records, world: World, process: Process): Promise<World> {
  const { next } = process.moment;
  if (next.kind !== 'call') throw new Error('A process that has nothing to call should be gone.');
  const effect = effectOf(world, next.call, scenario.createdAt);
  const asked = process.instance ? effect.world : noteAsked(effect.world, next.call, effect.answer);
  const started = effect.started ? [await begin(records, effect.started.name, effect.started.instance)] : [];
  const grown = { ...asked, processes: [...asked.processes, ...started] };
  return await settle(records, grown, process, await records.answer(process.moment, effect.answer));
}

/** Goes through results until the next call, or to the process's end. */
async function settle(records: Records, world: World, process: Process, moment: Moment): Promise<World> {
  const current = world.processes.find((other) => isSame(other, process)) ?? process;
  const { next } = moment;
  if (next.kind === 'result' && isGhost(current)) return { ...world, processes: without(world, current) };
  if (next.kind === 'end') return complete({ ...world, processes: without(world, current) }, current);
  if (next.kind === 'result') {
    const noted = noteResult(world, moment.program, next.activity, next.value);
    return await settle(records, noted, process, await records.finish(moment, next.value));
  }
  const abandoned = current.orphaned && moment.answers.length === 0 && ownActivities.has(next.activity);
  return { ...world, processes: abandoned ? without(world, current) : replaced(world, { ...current, moment }) };
}

/** The first of two executions of one activity: what it does counts, what it answers does not. */
const ghostly = 'ghost of ';

function isGhost({ moment }: Process): boolean {
  return moment.program.startsWith(ghostly);
}

/** What an instance does itself; the rest is done by its children, which go on when their parent is terminated. */
const ownActivities = new Set(['take', 'close']);

function complete(world: World, { instance, orphaned }: Process): World {
  const known = instance ? world.instances.get(instance) : undefined;
  if (!instance || !known || orphaned) return world;
  return { ...world, instances: new Map(world.instances).set(instance, { ...known, state: 'Completed' }) };
}

function fail(error: Error, schedule: readonly Step[]): never {
  const message = `${error.message}\n${schedule.map(({ name }) => name()).join('\n')}`;
  throw error instanceof Violation ? new Violation(message) : new Error(message, { cause: error });
}

async function begin(records: Records, name: string, instance: string | null): Promise<Process> {
  return { moment: await records.begin(name), instance, orphaned: false };
}

function programOf(scenario: Scenario, processName: string): Program {
  const name = processName.replace(ghostly, '');
  const { processes, before, watchdog, run } = scenario;
  const named: Readonly<Record<string, Program | undefined>> = { ...processes, before, watchdog };
  return named[name] ?? run({ ...runOf(name), runId: name });
}

/** A program is the name of one process: no two of them have the same. */
function isSame(one: Process, other: Process): boolean {
  return one.moment.program === other.moment.program;
}

function replaced(world: World, process: Process): readonly Process[] {
  return world.processes.map((other) => (isSame(other, process) ? process : other));
}

function without(world: World, process: Process): readonly Process[] {
  return world.processes.filter((other) => !isSame(other, process));
}

function describe({ moment }: Process): string {
  const { next, program } = moment;
  const who = program.replace(/ of \{.*/, '');
  return next.kind === 'call'
    ? `${who}: ${next.activity} ${next.call.name} ${JSON.stringify(next.call.args).slice(0, 150)}`
    : who;
}
