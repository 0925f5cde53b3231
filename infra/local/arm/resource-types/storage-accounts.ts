import { ArmError } from '../core/arm-error.ts';
import { isoTime } from '../core/clock.ts';
import { objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import { locationOf } from './location.ts';
import { tagsOf } from './tags.ts';
import { storageVersions } from './versions.ts';

const storageAccountType = 'Microsoft.Storage/storageAccounts';

/** Storage accounts: what a flow log's destination is checked for. Names are unique in all of Azure. */
export const storageAccounts: ResourceType = {
  type: storageAccountType,
  apiVersions: storageVersions,
  home: 'resourceGroup',
  verbs: ['PUT', 'PATCH', 'DELETE'],
  etag: 'none',
  madeIsOk: true,
  shape,
  patch: (write) => shape({ ...write, body: { ...write.before, ...write.body, properties: merged(write) } }),
  check: refuseTakenName,
};

function shape(write: Write): ResourceBody {
  const { id, body, before, world } = write;
  const sku = stringOf(objectOf(body.sku).name) ?? 'Standard_LRS';
  const location = locationOf(write);
  const service = (name: string) => `https://${id.name}.${name}.core.windows.net/`;
  return {
    id: id.id,
    name: id.name,
    type: storageAccountType,
    location,
    tags: tagsOf(write) ?? {},
    sku: { name: sku, tier: sku.startsWith('Premium') ? 'Premium' : 'Standard' },
    kind: stringOf(body.kind) ?? 'StorageV2',
    properties: {
      minimumTlsVersion: 'TLS1_2',
      allowBlobPublicAccess: false,
      supportsHttpsTrafficOnly: true,
      accessTier: 'Hot',
      publicNetworkAccess: 'Enabled',
      networkAcls: { bypass: 'AzureServices', virtualNetworkRules: [], ipRules: [], defaultAction: 'Allow' },
      ...objectOf(body.properties),
      provisioningState: 'Succeeded',
      creationTime: stringOf(before?.properties.creationTime) ?? isoTime(world.clock.now()),
      primaryEndpoints: {
        blob: service('blob'),
        queue: service('queue'),
        table: service('table'),
        file: service('file'),
      },
      primaryLocation: location,
      statusOfPrimary: 'available',
    },
  };
}

function merged({ before, body }: Write) {
  return { ...before?.properties, ...objectOf(body.properties) };
}

function refuseTakenName({ world, id }: Write): void {
  const taken = world.store.list(storageAccountType).some(({ key, body }) => key !== id.key && body.name === id.name);
  if (taken)
    throw new ArmError(409, {
      code: 'StorageAccountAlreadyTaken',
      message: `The storage account named ${id.name} is already taken.`,
    });
}
