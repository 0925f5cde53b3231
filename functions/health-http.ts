import type { HttpResponseInit } from '@azure/functions';
import { arm } from '../shared/azure/arm-outcome.ts';
import { readChangeCount } from '../shared/records/change-count-row.ts';
import { judgeHealth, type Read } from '../shared/report/health.ts';
import { listDestinations } from '../shared/work/list-destinations.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import { getHealth } from './api/operations.ts';
import { type Access, type Call, serve } from './api/serve.ts';
import { app } from './composition.ts';

type Health = ReturnType<typeof judgeHealth>;

/** Whoever asks more often gets the same answer: a probe must not use up Resource Graph's quota. */
const goodForMs = 10_000;
const patienceMs = 5000;

let last: { readonly at: number; readonly health: Promise<Health> } | null = null;

/** `GET /api/health`: 503 where something that Flowkeeper depends on fails. One request to Azure at most, every ten seconds. */
async function health({ work }: Call<typeof getHealth>): Promise<HttpResponseInit> {
  const now = work.now();
  if (!last || now.getTime() - last.at >= goodForMs) last = { at: now.getTime(), health: look(work, now) };
  const found = await last.health;
  return { status: found.status === 'unhealthy' ? 503 : 200, jsonBody: found };
}

async function look({ clients, port, policies, records }: WorkContext, now: Date): Promise<Health> {
  const { inboxSurvey } = await app();
  const query = 'resourcecontainers | where type =~ "microsoft.resources/subscriptions" | project id | take 1';
  const [survey, graph, policy, sweep, destinations, changes, subscriptions, deadLetters] = await Promise.all([
    tried(() => inboxSurvey(now)),
    tried(() => arm(() => clients.graph.resources({ query }))),
    tried(() => policies.current()),
    tried(() => records.sweeps.get('sweep', 'last')),
    tried(() => listDestinations(port)),
    tried(() => readChangeCount(port)),
    tried(() => Array.fromAsync(records.subscriptions.list())),
    tried(() => records.deadLetters.get('deadLetters', 'count')),
  ]);
  return judgeHealth({ survey, graph, policy, sweep, destinations, changes, subscriptions, deadLetters }, now);
}

/** What came of a question, within five seconds. */
async function tried<T>(ask: () => Promise<T>): Promise<Read<T>> {
  const timer = Promise.withResolvers<Read<T>>();
  const timeout = setTimeout(() => timer.resolve({ ok: false, code: 'Timeout' }), patienceMs);
  const answer = ask().then(
    (value): Read<T> => ({ ok: true, value }),
    (error: unknown): Read<T> => ({ ok: false, code: codeOf(error) }),
  );
  return Promise.race([answer, timer.promise]).finally(() => clearTimeout(timeout));
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return 'UnknownError';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

export function registerHealth(access: Access): void {
  serve(getHealth, access, health);
}
