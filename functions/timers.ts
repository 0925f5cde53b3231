import type { InvocationContext, Timer } from '@azure/functions';
import * as df from 'durable-functions';
import { OrchestrationRuntimeStatus } from 'durable-functions';
import { watchdog } from '../shared/inbox/watchdog.ts';
import { readDeadLetters } from '../shared/work/read-dead-letters.ts';
import { tellChanges } from '../shared/work/tell-changes.ts';
import { weighPolicy } from '../shared/work/weigh-policy.ts';
import { app } from './composition.ts';
import { startSweep } from './start-sweep.ts';
import { workContext } from './work-context.ts';

/** The whole estate, so that an event that never came is made up for. */
async function onSweep(_: Timer, client: df.DurableClient, context: InvocationContext): Promise<void> {
  await startSweep(await workContext(context, client), client);
}

/** Every minute: lanes whose run died are started again, and a policy that has not been swept is. */
async function onWatchdog(_: Timer, client: df.DurableClient, context: InvocationContext): Promise<void> {
  const work = await workContext(context, client);
  for (const finding of await watchdog(work.port, work.now())) {
    work.log.warn(finding.did === 'failed' ? { ...finding, error: String(finding.error) } : finding, 'watchdog acted');
  }
  await weighPolicy(work).catch((error: unknown) => work.log.error({ error: String(error) }, 'policy not weighed'));
  const [current, last] = await Promise.all([work.policies.current(), work.records.sweeps.get('sweep', 'last')]);
  if (current?.refused) work.log.error({ problems: current.refused }, 'policy refused; the last good one is in force');
  if (current?.pending?.weight)
    work.log.warn({ policyEtag: current.pending.etag, ...current.pending.weight }, 'policy waits for approval');
  if (current && last?.policyEtag !== current.etag) await startSweep(work, client);
}

/** Events that Event Grid gave up on, some of them while we were down. */
async function onDeadLetters(_: Timer, client: df.DurableClient, context: InvocationContext): Promise<void> {
  const { settings } = await app();
  await readDeadLetters(await workContext(context, client), settings.principalId);
}

/** Every minute: changes of state go to the topic of whoever wants to know. */
async function onTellChanges(_: Timer, client: df.DurableClient, context: InvocationContext): Promise<void> {
  await tellChanges(await workContext(context, client));
}

const keepDays = 7;

/** Histories of ended runs are of no use after a week: what matters is in our own books. */
async function onPurge(_: Timer, client: df.DurableClient, context: InvocationContext): Promise<void> {
  const work = await workContext(context, client);
  const until = new Date(work.now().getTime() - keepDays * 24 * 60 * 60_000);
  const ended = [
    OrchestrationRuntimeStatus.Completed,
    OrchestrationRuntimeStatus.Failed,
    OrchestrationRuntimeStatus.Terminated,
  ];
  const { instancesDeleted } = await client.purgeInstanceHistoryBy({
    createdTimeFrom: new Date(0),
    createdTimeTo: until,
    runtimeStatus: ended,
  });
  work.log.info({ instancesDeleted }, 'histories purged');
}

/** The schedule of the sweep is an app setting. Six fields: seconds first. */
export function registerTimers(sweepSchedule: string): void {
  df.app.client.timer('sweep', { schedule: sweepSchedule, handler: onSweep });
  df.app.client.timer('watchdog', { schedule: '0 * * * * *', handler: onWatchdog });
  df.app.client.timer('tellChanges', { schedule: '15 * * * * *', handler: onTellChanges });
  df.app.client.timer('deadLetters', { schedule: '30 */5 * * * *', handler: onDeadLetters });
  df.app.client.timer('purge', { schedule: '0 30 3 * * *', handler: onPurge });
}
