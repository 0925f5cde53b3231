import { z } from 'zod';
import type { Row } from '../../../shared/inbox/lane-port.ts';
import { rowStateSchema } from '../../../shared/inbox/work-item.ts';
import { currentInvocation } from '../world/invocation.ts';
import type { RowChange } from './histories.ts';

const settlingLimitMs = 5 * 60_000;
/** In a world in which nothing goes wrong no call takes five seconds, so after this nobody is on the way any more. */
const nobodyComesMs = 12_000;

type Watched = {
  readonly now: () => number;
  /** Nothing goes wrong in this world: then the watchdog has nothing to do. */
  readonly healthy: boolean;
  readonly violated: (what: string) => void;
};

const itemSchema = z.object({
  targetId: z.string(),
  firstSeen: z.string(),
  touchedAt: z.string(),
  state: z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(rowStateSchema),
});
const laneSchema = z.object({
  generation: z.number().default(0),
  owner: z.string().default(''),
  touched: z.string(),
});
type Item = z.infer<typeof itemSchema>;

/** What holds whenever a row of the inbox or a lane is written. */
export function watchInbox({ now, healthy, violated }: Watched) {
  /** Items as they were last written, by lane and row. */
  const items = new Map<string, Item>();
  const answeredAt = new Map<string, number>();
  const takenAt = new Map<string, number>();

  function ofLane(laneId: string, before: Row | null, after: Row | null, by: string): void {
    if (!before || !after) return;
    const [was, is] = [laneSchema.parse(before.fields), laneSchema.parse(after.fields)];
    if (was.generation === is.generation && was.owner !== '' && is.owner !== '' && was.owner !== is.owner)
      violated(`Generation ${is.generation} of ${laneId} has two owners: ${was.owner} and ${is.owner}.`);
    const isLate = now() - Date.parse(was.touched) > nobodyComesMs;
    if (healthy && by === 'watchdog' && is.generation > was.generation && isLate && hasDueItems(laneId))
      violated(`The watchdog had to start ${laneId}, although nothing had gone wrong: a wake-up was lost.`);
  }

  function hasDueItems(laneId: string): boolean {
    return [...items].some(([key, { state, touchedAt }]) => {
      const isReady = state.kind === 'due' || (state.kind === 'settling' && isPast(state.notBefore));
      return key.startsWith(`${laneId} `) && isReady && isPast(touchedAt);
    });
  }

  function isPast(time: string): boolean {
    return now() - Date.parse(time) > nobodyComesMs;
  }

  function ofItem(was: Item | null, is: Item, by: string): void {
    const { targetId, state, firstSeen } = is;
    if (state.kind === 'settling' && Date.parse(state.notBefore) - Date.parse(firstSeen) > settlingLimitMs)
      violated(`${targetId} has been settling since ${firstSeen}, and is to settle until ${state.notBefore}.`);
    if (was?.state.kind === 'parked' && state.kind !== 'parked' && by === 'event of a write' && !isDue(was.state.until))
      violated(`${targetId} was parked until ${was.state.until}, and an event unparked it.`);
    if (healthy && by === 'watchdog' && was?.state.kind === 'waiting' && state.kind === 'due') {
      const answered = answeredAt.get(`destination-${was.state.destination.toLowerCase()}`) ?? now();
      if (now() - answered > nobodyComesMs)
        violated(`The watchdog had to wake ${targetId}, although nothing had gone wrong.`);
    }
  }

  /** What was asked for after it was taken is not settled by the run that took it. */
  function ofRemoved({ targetId, touchedAt }: Item, taken: number): void {
    if (Date.parse(touchedAt) > taken)
      violated(`${targetId} was asked for at ${touchedAt}, after it was taken, and is settled.`);
  }

  function isDue(until: string): boolean {
    return Date.parse(until) <= now();
  }

  return (laneId: string, changes: readonly RowChange[]): void => {
    const by = whoWrites();
    for (const { rowKey, before, after } of changes) {
      if (rowKey === 'lane') ofLane(laneId, before, after, by);
      if (rowKey === 'destination') answeredAt.set(laneId, now());
      if (!rowKey.startsWith('item~')) continue;
      const key = `${laneId} ${rowKey}`;
      items.delete(key);
      if (!after) {
        if (before) ofRemoved(itemSchema.parse(before.fields), takenAt.get(key) ?? 0);
        continue;
      }
      if (by === 'takeBatch') takenAt.set(key, now());
      const item = itemSchema.parse(after.fields);
      ofItem(before && itemSchema.parse(before.fields), item, by);
      items.set(key, item);
    }
  };
}

function whoWrites(): string {
  const { functionName = '', data = '' } = currentInvocation.getStore() ?? {};
  if (functionName !== 'onResourceEvent') return functionName;
  return /"operationName":"[^"]*\/write"/i.test(data) ? 'event of a write' : 'event';
}
