import type { JsonObject } from '../../../infra/local/arm/core/json.ts';
import { objectOf } from '../../../infra/local/arm/core/json.ts';
import type { World } from '../../../infra/local/arm/core/world.ts';
import { nextAttempt } from '../../../infra/local/arm/events/retry-schedule.ts';
import type { Gates, Incarnation } from './gates.ts';
import { pick, type Random } from './random.ts';
import type { Timeline } from './timeline.ts';

const eventGrid: Incarnation = { alive: true };
const retries = { maxDeliveryAttempts: 30, eventTimeToLiveInMinutes: 1440 };

/** Event Grid waits five minutes before it writes a dead letter. */
const buriedAfterMs = 300_000;

type EventGridOptions = {
  readonly world: World;
  readonly random: Random;
  readonly timeline: Timeline;
  readonly gates: Gates;
  /** Hands an event to the host; answers its status, 0 where nobody answered. */
  readonly post: (event: JsonObject) => Promise<number>;
  /** Puts an event that nobody took where dead letters are. */
  readonly bury: (event: JsonObject) => void;
};

/** Carries the events that the simulated Azure has raised to the host. Call `carry` whenever there may be new ones. */
export function createEventGrid({ world, random, timeline, gates, post, bury }: EventGridOptions) {
  const underway = new Set<string>();

  function carry(): void {
    for (const { id, dueAt } of world.store.deliveries.values()) {
      if (underway.has(id)) continue;
      underway.add(id);
      timeline.at(dueAt, () => void deliver(id));
    }
  }

  async function deliver(id: string): Promise<void> {
    const delivery = world.store.deliveries.get(id);
    if (!delivery) return;
    const { event } = delivery;
    if (random(`coincidence of ${id}`) < 0.4) await nextEnd(id);
    const status = await gates.pass<number>({
      name: `event ${String(objectOf(event.data).operationName)} ${String(event.subject)}`,
      by: eventGrid,
      open: () => post(event),
      faults: {
        'delivered twice': async () => {
          void post(event);
          return post(event);
        },
        'delivered late': () =>
          new Promise<number>((resolve) => timeline.at(timeline.now() + 90_000, () => resolve(post(event)))),
        'not accepted': () => 400,
        'never sent': () => 204,
      },
    });
    const attempts = delivery.attempts + 1;
    const next = nextAttempt(status, attempts, timeline.now() - delivery.publishedAt, retries, 1);
    underway.delete(id);
    world.store.removeDelivery(id);
    if (next.kind === 'givenUp') timeline.at(timeline.now() + buriedAfterMs, () => bury(event));
    if (next.kind === 'again')
      world.store.putDelivery({ ...delivery, attempts, dueAt: timeline.now() + next.afterMilliseconds });
    world.store.commit();
    carry();
  }

  /** Until a run comes to its end, and some milliseconds more: that is when a wake-up is lost most easily. */
  function nextEnd(id: string): Promise<void> {
    const moment = pick(
      ['activity settleNetwork', 'activity settleNetwork', 'activity closeRun'],
      random(`end for ${id}`),
    );
    return new Promise((resolve) => {
      gates.whenNext(moment, () => timeline.at(timeline.now() + random(`moment of ${id}`) * 400, resolve));
      timeline.at(timeline.now() + 20_000, resolve);
    });
  }

  return { carry };
}
