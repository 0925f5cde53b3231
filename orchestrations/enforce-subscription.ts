import type { OrchestrationContext } from 'durable-functions';
import type { WorkItem } from '../shared/inbox/work-item.ts';
import type { NetworkLane } from '../shared/work/lane-of-networks.ts';
import { beginRun, takeSettled } from './begin-run.ts';
import { all, call, type Durable } from './call.ts';
import type { EnforceNetworksInput } from './contracts.ts';
import { runStep } from './run-step.ts';

/**
 * One run of a subscription's lane, and the file to read first:
 *
 *   take what has settled -> locate it -> lanes of networks side by side -> close
 *
 * Every trigger (an event, a person, the sweep) only adds rows to the inbox and starts this. The close starts the next
 * run if rows are left, so that no run has to last.
 */
export function* enforceSubscription(ctx: OrchestrationContext): Durable<string> {
  const run = beginRun(ctx);
  const items = yield* takeSettled(ctx, run);
  if (!items) return 'fenced: another run owns the lane';

  const located = items.length > 0 ? yield* runStep(ctx, 'locate', { ...locateInput(run, items) }) : null;
  if (located?.ok) {
    const lanes = located.value.lanes.map((lane) =>
      ctx.df.callSubOrchestrator('enforceNetworks', laneInput(run, lane, items)),
    );
    yield* all(ctx, lanes);
  } else if (located && 'problem' in located) {
    yield* call(ctx, 'parkItems', { run, items, problem: located.problem });
  }

  const closed = yield* call(ctx, 'closeRun', { run });
  return closed.kind === 'closed' && closed.next
    ? `${items.length} items; generation ${closed.next} goes on`
    : `${items.length} items`;
}

function locateInput(run: EnforceNetworksInput['run'], items: readonly WorkItem[]) {
  const subscription = run.lane.kind === 'subscription' ? `/subscriptions/${run.lane.subscriptionId}` : '';
  return { run, items, resourceId: subscription, about: subscription, policyEtag: '', correlationId: run.runId };
}

/** Hands a lane its rows: the activity that located them named only their keys, to keep the history small. */
function laneInput(
  run: EnforceNetworksInput['run'],
  lane: NetworkLane,
  items: readonly WorkItem[],
): EnforceNetworksInput {
  const { location, networkWatcherId, networks } = lane;
  const idOf = (flowLogName: string) => `${networkWatcherId}/flowLogs/${flowLogName}`;
  return {
    run,
    location,
    networkWatcherId,
    items: networks.map(({ networkId, flowLogName, otherLogNames, rowKeys }) => ({
      networkId,
      flowLogId: networkWatcherId && flowLogName ? idOf(flowLogName) : null,
      otherLogs: {
        duplicates: otherLogNames.duplicates.map(idOf),
        overriding: otherLogNames.overriding.map(idOf),
      },
      location,
      rows: items.filter(({ rowKey }) => rowKeys.includes(rowKey)),
    })),
  };
}
