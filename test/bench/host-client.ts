import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import type { HostProcess } from '../host/support/host-process.ts';

const betweenLooksMs = 5;
const status = z.object({
  runtimeStatus: z.string(),
  historyEvents: z.array(z.object({ EventType: z.string(), Timestamp: z.iso.datetime({ offset: true }) })),
});

/** When an orchestration was accepted and when it ended, by its own history; milliseconds since 1970. */
export type Span = { readonly from: number; readonly to: number };

/** Runs orchestrations to their end, so many at once. What it measures is in the histories: how it waits makes no difference. */
export async function runMany(host: HostProcess, name: string, count: number): Promise<Span[]> {
  const ids = await Promise.all(Array.from({ length: count }, () => start(host, name)));
  const spans: Span[] = [];
  for (const id of ids) spans.push(await ended(host, id));
  return spans;
}

async function start(host: HostProcess, name: string): Promise<string> {
  const answer = await fetch(`${host.rpc}/orchestrators/${name}`, { method: 'POST' });
  if (answer.status !== 202) throw new Error(`${name} was not started: ${answer.status} ${await answer.text()}`);
  return z.object({ id: z.string() }).parse(await answer.json()).id;
}

async function ended(host: HostProcess, id: string): Promise<Span> {
  for (;;) {
    const answer = await fetch(`${host.rpc}/instances/${id}`);
    await answer.arrayBuffer();
    if (answer.status === 200) break;
    await delay(betweenLooksMs);
  }
  const { runtimeStatus, historyEvents } = status.parse(
    await (await fetch(`${host.rpc}/instances/${id}?showHistory=true`)).json(),
  );
  if (runtimeStatus !== 'Completed') throw new Error(`The orchestration ${id} ended as ${runtimeStatus}.`);
  const at = (type: string) => Date.parse(historyEvents.find((event) => event.EventType === type)?.Timestamp ?? '');
  return { from: at('ExecutionStarted'), to: at('ExecutionCompleted') };
}

/** Calls the work of one activity `calls` times, one after the other, as an HTTP function of the same app; the milliseconds of all. */
export async function callPlainly(host: HostProcess, calls: number): Promise<number> {
  const began = performance.now();
  for (let call = 0; call < calls; call += 1) {
    const answer = await fetch(`${host.url}/api/greet/${call}`);
    if (!answer.ok) throw new Error(`The function answered ${answer.status}.`);
    await answer.text();
  }
  return performance.now() - began;
}
