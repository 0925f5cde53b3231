import * as df from 'durable-functions';
import { enforceNetworks } from '../../../orchestrations/enforce-networks.ts';
import { enforceSubscription } from '../../../orchestrations/enforce-subscription.ts';
import { provideDestination } from '../../../orchestrations/provide-destination.ts';
import { remediateSelection } from '../../../orchestrations/remediate-selection.ts';

const orchestrators = { enforceNetworks, enforceSubscription, provideDestination, remediateSelection };

/** The name under which the next version of a function is registered beside it. */
export const nextVersionOf = (name: string) => `${name}OfNextVersion`;

export const isOfNextVersion = (name: string) => name.endsWith(nextVersionOf(''));

/**
 * The orchestrators of a next version, which do a step more than those before: what began under one version does not fit
 * the code of the other, in either direction.
 */
export function registerNextVersion(): void {
  for (const [name, orchestrator] of Object.entries(orchestrators))
    df.app.orchestration(nextVersionOf(name), function* (ctx) {
      yield ctx.df.createTimer(ctx.df.currentUtcDateTime);
      return yield* orchestrator(ctx);
    });
}
