import type { Run, WorkItem } from '../../../shared/inbox/work-item.ts';
import { rowOf } from './memory-store.ts';
import { createRecords, type Moment, type Records } from './records.ts';
import type { Call, Program } from './scripted.ts';
import {
  effectOf,
  emptyWorld,
  endInstance,
  itemsLeft,
  keyOf,
  laneOf,
  openKey,
  type Process,
  type World,
} from './world.ts';

export type Scenario = {
  /** Programs that are there from the start, by name; each does its calls in order, mixed with the others in every way. */
  readonly processes: Readonly<Record<string, Program>>;
  /** What an instance does when it is started. */
  readonly run: (run: Run) => Program;
  /** The watchdog that comes by when nothing else moves any more and work is left. */
  readonly watchdog?: Program;
  readonly minutes?: number;
  /** How many times a process may die, be repeated or be terminated, at any point. */
  readonly faults?: number;
  /** What the engine says when a run was created; long ago makes the watchdog give up on runs that are alive. */
  readonly createdAt: string;
};

export type Explored = { readonly states: number; readonly interleavings: number };

/** Thrown with the schedule that leads to it. */
export class Violation extends Error {
  override name = 'Violation';
}

/**
 * Goes through all interleavings of the scenario's processes, every call of the port being a point where another
 * process may go on, and throws a Violation for the first one that breaks a promise:
 * - whoever passes a lane's fence has the newest generation that has passed it, and each generation has one owner;
 * - in the end no item is left, and each was handed out, and worked on behind the fence, after it was last asked for.
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
    if (steps.length === 0) checkEnd(world, schedule);
    interleavings.set(key, paths);
    return paths;
  };

  const processes = await Promise.all(Object.keys(scenario.processes).map((name) => begin(records, name, null)));
  const total = await visit({ ...emptyWorld, processes, faults: scenario.faults ?? 0, minutes: scenario.minutes ?? 0 });
  return { states: interleavings.size, interleavings: total };
}

type Step = { readonly name: () => string; readonly take: () => Promise<World> };

async function stepsFrom(scenario: Scenario, records: Records, world: World): Promise<readonly Step[]> {
  const goOn = world.processes.map((process) => ({
    name: () => describe(process),
    take: () => advance(scenario, records, world, process),
  }));
  if (goOn.length > 0)
    return world.faults > 0 ? [...goOn, ...world.processes.flatMap((p) => faultsOf(records, world, p))] : goOn;
  if (world.minutes === 0 || (itemsLeft(world).length === 0 && world.open.size === 0)) return [];
  const watchdog = async () => ({
    ...world,
    minutes: world.minutes - 1,
    processes: [await begin(records, 'watchdog', null)],
  });
  return [{ name: () => 'a minute passes', take: watchdog }];
}

function faultsOf(records: Records, world: World, process: Process): readonly Step[] {
  const left = { ...world, faults: world.faults - 1 };
  const { instance, moment } = process;
  const dies = {
    name: () => `${describe(process)}: dies`,
    take: async () => {
      const ended = instance && !process.orphaned ? endInstance(left, instance, 'Failed') : left;
      return { ...ended, processes: without(ended, process) };
    },
  };
  if (!instance || process.orphaned) return [dies];
  const terminated = {
    name: () => `${instance} is terminated`,
    take: async () => endInstance(left, instance, 'Terminated'),
  };
  const repeated = {
    name: () => `${describe(process)}: dies, activity is repeated`,
    take: async () => ({ ...left, processes: replaced(left, { ...process, moment: await records.repeat(moment) }) }),
  };
  return moment.answers.length > 0 ? [dies, terminated, repeated] : [dies, terminated];
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
  if (next.kind === 'end') return complete({ ...world, processes: without(world, current) }, current);
  if (next.kind === 'result') {
    const noted = noteResult(world, moment.program, next.activity, next.value);
    return await settle(records, noted, process, await records.finish(moment, next.value));
  }
  const abandoned = current.orphaned && moment.answers.length === 0 && ownActivities.has(next.activity);
  return { ...world, processes: abandoned ? without(world, current) : replaced(world, { ...current, moment }) };
}

/** What an instance does itself; the rest is done by its children, which go on when their parent is terminated. */
const ownActivities = new Set(['take', 'close']);

function complete(world: World, { instance, orphaned }: Process): World {
  const known = instance ? world.instances.get(instance) : undefined;
  if (!instance || !known || orphaned) return world;
  return { ...world, instances: new Map(world.instances).set(instance, { ...known, state: 'Completed' }) };
}

/** A producer's commit asks for the items in it. */
function noteAsked(world: World, call: Call, answer: unknown): World {
  if (call.name !== 'commit' || JSON.stringify(answer) === '{"kind":"conflict"}') return world;
  const [lane, writes] = call.args;
  const open = new Map(world.open);
  for (const { rowKey } of writes) if (rowKey.startsWith('item~')) open.set(openKey(lane, rowKey), 'asked');
  return { ...world, open };
}

/** The activities `take` and `fence` have a meaning for the promises, see scenarios.ts. */
function noteResult(world: World, program: string, activity: string, value: unknown): World {
  if (activity === 'take') return noteTaken(world, program, value);
  if (activity === 'fence' && value === true) return notePassed(world, program);
  return world;
}

function noteTaken(world: World, program: string, value: unknown): World {
  const { lane } = runOf(program);
  const items = (value as { items?: readonly WorkItem[] }).items ?? [];
  const open = new Map(world.open);
  for (const { rowKey, etag } of items) {
    const key = openKey(laneOf({ lane }), rowKey);
    if (open.has(key) && rowOf(world.store, laneOf({ lane }), rowKey)?.etag === etag) open.set(key, program);
  }
  return { ...world, open };
}

function notePassed(world: World, program: string): World {
  const { lane, generation } = runOf(program);
  const last = world.passed.get(laneOf({ lane }));
  if (last && (last.generation > generation || (last.generation === generation && last.runId !== program))) {
    throw new Violation(`${program} passed the fence after ${last.runId}`);
  }
  const open = new Map([...world.open].filter(([, by]) => by !== program));
  return { ...world, open, passed: new Map(world.passed).set(laneOf({ lane }), { generation, runId: program }) };
}

function checkEnd(world: World, schedule: readonly Step[]): void {
  const left = itemsLeft(world);
  if (left.length > 0) fail(new Violation(`Nothing moves any more, but the inbox holds ${left.join(', ')}`), schedule);
  if (world.open.size > 0)
    fail(new Violation(`Never handed out again: ${[...world.open.keys()].join(', ')}`), schedule);
}

function fail(error: Error, schedule: readonly Step[]): never {
  const message = `${error.message}\n${schedule.map(({ name }) => name()).join('\n')}`;
  throw error instanceof Violation ? new Violation(message) : new Error(message, { cause: error });
}

async function begin(records: Records, name: string, instance: string | null): Promise<Process> {
  return { moment: await records.begin(name), instance, orphaned: false };
}

function programOf(scenario: Scenario, name: string): Program {
  const program = name === 'watchdog' ? scenario.watchdog : scenario.processes[name];
  return program ?? scenario.run({ ...runOf(name), runId: name });
}

function runOf(name: string): Omit<Run, 'runId'> {
  return JSON.parse(name.slice(name.indexOf('{')));
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
