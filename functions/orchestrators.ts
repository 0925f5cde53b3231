import * as df from 'durable-functions';
import { enforceNetworks } from '../orchestrations/enforce-networks.ts';
import { enforceSubscription } from '../orchestrations/enforce-subscription.ts';
import { provideDestination } from '../orchestrations/provide-destination.ts';
import { remediateSelection } from '../orchestrations/remediate-selection.ts';

/** Registers the orchestrators under the names by which they are started. */
export function registerOrchestrators(): void {
  df.app.orchestration('enforceSubscription', enforceSubscription);
  df.app.orchestration('enforceNetworks', enforceNetworks);
  df.app.orchestration('provideDestination', provideDestination);
  df.app.orchestration('remediateSelection', remediateSelection);
}
