import type { ErrorBody } from '../core/exchange.ts';
import { objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { workspaceType } from './workspaces.ts';

/** What is wrong with the traffic analytics of a flow log when its operation ends: the workspace and its region. */
export function analyticsProblem(world: World, { properties }: ResourceBody): ErrorBody | undefined {
  const configuration = objectOf(
    objectOf(properties.flowAnalyticsConfiguration).networkWatcherFlowAnalyticsConfiguration,
  );
  if (configuration.enabled !== true) return undefined;
  const id = stringOf(configuration.workspaceResourceId) ?? '';
  const workspace = world.store.get(id)?.body;
  // The code for a workspace that is missing is not known; this one is ours.
  if (workspace?.type !== workspaceType)
    return { code: 'WorkspaceNotFound', message: `The workspace '${id}' was not found.`, details: [] };
  const region = stringOf(configuration.workspaceRegion)?.replaceAll(' ', '').toLowerCase();
  if (region === workspace.location) return undefined;
  const message = `The specified region ${region} for workspace is invalid. Workspace ${workspace.id} located in ${workspace.location} region.`;
  return { code: 'InvalidTAWorkspaceRegion', message, details: [] };
}
