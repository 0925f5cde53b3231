import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { deploymentTag } from '../shared/our-tags.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import { app } from './composition.ts';
import { durableRuns } from './durable-runs.ts';
import { invocationLog } from './invocation-log.ts';

/** What one invocation works with: the composed app, the lanes' runs through this invocation's client, and its log. */
export async function workContext(context: InvocationContext, client: DurableClient): Promise<WorkContext> {
  const { settings, lanes, ...parts } = await app();
  return {
    ...parts,
    port: { ...lanes, ...durableRuns(client) },
    log: invocationLog(context, settings.logLevel),
    isOurs: (tags) => tags[deploymentTag] === settings.deployment,
  };
}
