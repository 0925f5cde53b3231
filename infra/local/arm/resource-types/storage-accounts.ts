import { ArmError } from '../core/arm-error.ts';
import { isoTime } from '../core/clock.ts';
import { type JsonObject, objectOf, stringOf } from '../core/json.ts';
import type { ResourceBody, ResourceType, Write } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
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
  putStatus: 200,
  shape,
  patch: (write) => shape({ ...write, body: { ...write.before, ...write.body, properties: merged(write) } }),
  check: refuseTakenName,
  show: (world, body) => ({ ...body, properties: withEndpoints(world, body) }),
  inGraph: withEndpoints,
  references: ({ name }) => [nameReference(name)],
};

function shape(write: Write): ResourceBody {
  const { id, body, before, world } = write;
  const sku = stringOf(objectOf(body.sku).name) ?? 'Standard_LRS';
  const location = locationOf(write);
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
      primaryLocation: location,
      statusOfPrimary: 'available',
    },
  };
}

/** Where an account's services are: its blobs at the simulator's own blob endpoint, where that has one. */
function withEndpoints(world: World, { name, properties }: ResourceBody): JsonObject {
  const service = (kind: string) => `https://${name}.${kind}.core.windows.net/`;
  const blob = world.blobEndpoint === undefined ? service('blob') : `${world.blobEndpoint}/${name}/`;
  const primaryEndpoints = { blob, queue: service('queue'), table: service('table'), file: service('file') };
  return { ...properties, primaryEndpoints };
}

function merged({ before, body }: Write) {
  return { ...before?.properties, ...objectOf(body.properties) };
}

/** The account with this name; names are unique in all of Azure. */
export function storageAccountNamed(world: World, name: string): ResourceBody | undefined {
  return world.store.referring(nameReference(name))[0]?.body;
}

function nameReference(name: string): string {
  return `storage account ${name}`;
}

function refuseTakenName({ world, id }: Write): void {
  const known = storageAccountNamed(world, id.name);
  if (known !== undefined && known.id.toLowerCase() !== id.key)
    throw new ArmError(409, {
      code: 'StorageAccountAlreadyTaken',
      message: `The storage account named ${id.name} is already taken.`,
    });
}
