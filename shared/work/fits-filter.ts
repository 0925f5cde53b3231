import { tagValue } from '../decide/intent.ts';
import type { NetworkFilter } from '../records/selection.ts';
import { requireResourceId } from '../resource-id.ts';
import type { Judgement } from './judge-row.ts';

/** Whether a network is one of those that a filter names. Pure. */
export function fitsFilter(
  { subscriptions, locations, tags, states, drifts }: NetworkFilter,
  { row: { network }, before, record, plan }: Judgement,
): boolean {
  const { verdict } = plan;
  const found = 'drifts' in verdict ? verdict.drifts : [];
  return (
    (!subscriptions || subscriptions.includes(requireResourceId(network.id).subscriptionId)) &&
    (!locations || locations.includes(network.location)) &&
    Object.entries(tags ?? {}).every(([name, value]) => tagValue(network.tags, name) === value) &&
    (!states || states.includes(before?.state ?? record?.state ?? verdict.state)) &&
    (!drifts || [...found, ...(before?.drifts ?? [])].some(({ check }) => drifts.includes(check)))
  );
}
