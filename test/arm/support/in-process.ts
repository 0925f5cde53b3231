import { createActions } from '../../../infra/local/arm/actions.ts';
import type { ArmResponse } from '../../../infra/local/arm/core/exchange.ts';
import type { Json } from '../../../infra/local/arm/core/json.ts';
import { createWorld, type WorldParts } from '../../../infra/local/arm/create-world.ts';
import type { Estate } from '../../../infra/local/arm/estate.ts';
import { createFaults } from '../../../infra/local/arm/server/faults.ts';
import { createFront } from '../../../infra/local/arm/server/front.ts';
import { createRecorder } from '../../../infra/local/arm/server/recorder.ts';
import { createThrottle } from '../../../infra/local/arm/server/throttle.ts';
import { owner } from './estate.ts';

type Sender = { readonly principalId: string; readonly clientId: string };

/** The simulator inside the test, on a clock that only moves when it is told to. */
export function startInProcess(estate: Estate, parts: Partial<WorldParts> = {}) {
  let now = Date.parse('2026-11-23T00:00:00Z');
  const clock = { now: () => now };
  const world = createWorld({ clock, tenant: estate, estate, switches: { throttling: 'on' }, ...parts });
  const faults = createFaults(world.random, world.store);
  const handle = createFront(world, createActions(), createThrottle(clock), faults);

  const folder = process.env.FLOWKEEPER_ARM_RECORD;
  const record = folder === undefined ? undefined : createRecorder(folder);

  /** Sends a request as one of the estate's people or apps; `pathAndQuery` may be a whole URL of the simulator's. */
  function send(method: string, pathAndQuery: string, body?: Json, sender: Sender = owner): ArmResponse {
    const url = new URL(pathAndQuery, world.endpoint);
    const caller = { principalId: sender.principalId, clientId: sender.clientId, claims: {} };
    const { response } = handle({ method, path: url.pathname, query: url.searchParams, headers: {}, body, caller });
    record?.({ method, url, body, response });
    if (response === null) throw new Error(`The answer to ${method} ${url.pathname} was lost.`);
    return response;
  }

  return {
    world,
    handle,
    faults,
    now: clock.now,
    send,
    pass: (seconds: number) => {
      now += seconds * 1000;
    },
  };
}
