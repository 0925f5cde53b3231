import type { ResourceType } from '../core/resource-type.ts';
import { plainResource } from './plain-resource.ts';

export const workspaceType = 'Microsoft.OperationalInsights/workspaces';

/** Log Analytics workspaces, where traffic analytics goes. */
export const workspaces: ResourceType = {
  type: workspaceType,
  apiVersions: ['2021-06-01', '2022-10-01', '2023-09-01', '2025-02-01'],
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'own',
  shape: (write) => {
    const body = plainResource(write, workspaceType);
    return {
      ...body,
      properties: { ...body.properties, customerId: write.before?.properties.customerId ?? write.world.newGuid() },
    };
  },
};
