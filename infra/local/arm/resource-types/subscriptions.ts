import { stringOf } from '../core/json.ts';
import { subscriptionType } from '../core/resource-id.ts';
import type { ResourceType } from '../core/resource-type.ts';
import { resourcesVersions } from './versions.ts';

/** Subscriptions: read only; an estate brings them. Their bodies are flat, unlike those of other resources. */
export const subscriptions: ResourceType = {
  type: subscriptionType,
  apiVersions: resourcesVersions,
  home: 'tenant',
  verbs: [],
  etag: 'none',
  shape: ({ world, id, body }) => ({
    id: id.id,
    name: id.name,
    type: subscriptionType,
    properties: {
      displayName: stringOf(body.displayName) ?? id.name,
      // Another one is shown to a caller to whom it was delegated (Azure Lighthouse).
      tenantId: stringOf(body.tenantId) ?? world.tenantId,
      managementGroup: stringOf(body.managementGroup),
    },
  }),
  show: (_, { id, name, properties }) => ({
    id,
    authorizationSource: 'RoleBased',
    managedByTenants: [],
    subscriptionId: name,
    tenantId: properties.tenantId,
    displayName: properties.displayName,
    state: 'Enabled',
    subscriptionPolicies: {
      locationPlacementId: 'Public_2014-09-01',
      quotaId: 'EnterpriseAgreement_2014-09-01',
      spendingLimit: 'Off',
    },
  }),
};
