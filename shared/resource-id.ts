/** What an Azure resource id says. Segments keep the case they came in; compare ids only with `sameId`. */
export type ResourceId = {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  /** For example `Microsoft.Network/networkWatchers/flowLogs`. */
  readonly type: string;
  /** One name a level, outermost first. */
  readonly names: readonly [string, ...string[]];
};

/** Names hold none of what would change the meaning of an address or of a table's key. */
const shape =
  /^\/subscriptions\/([0-9a-f-]{36})\/resourceGroups\/([^/#?%\\|\p{Cc}]+)\/providers\/([^/#?%\\|\p{Cc}]+)\/([^#?%\\|\p{Cc}]+)$/iu;

/** Parses the id of a resource in a resource group; anything else is null. */
export function parseResourceId(id: string): ResourceId | null {
  const [, subscriptionId, resourceGroup, provider, path] = shape.exec(id) ?? [];
  if (!subscriptionId || !resourceGroup || !provider || !path) return null;
  const segments = path.split('/');
  const types = segments.filter((_, index) => index % 2 === 0);
  const [first, ...rest] = segments.filter((_, index) => index % 2 === 1);
  if (!first || segments.length % 2 !== 0 || segments.some((segment) => segment === '')) return null;
  return {
    subscriptionId: subscriptionId.toLowerCase(),
    resourceGroup,
    type: `${provider}/${types.join('/')}`,
    names: [first, ...rest],
  };
}

/** As `parseResourceId`, for ids that were validated before; throws where that was not so. */
export function requireResourceId(id: string): ResourceId {
  const parsed = parseResourceId(id);
  if (!parsed) throw new Error(`Not the id of an Azure resource: ${id}`);
  return parsed;
}

/** Azure ids have no case: the same resource comes back as `/resourcegroups/` and `/resourceGroups/`. */
export function sameId(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** Whether the id names a resource of this type (without case). */
export function isOfType(id: string, type: string): boolean {
  return parseResourceId(id)?.type.toLowerCase() === type.toLowerCase();
}

export const resourceTypes = {
  network: 'Microsoft.Network/virtualNetworks',
  networkInterface: 'Microsoft.Network/networkInterfaces',
  networkWatcher: 'Microsoft.Network/networkWatchers',
  flowLog: 'Microsoft.Network/networkWatchers/flowLogs',
  storageAccount: 'Microsoft.Storage/storageAccounts',
  identity: 'Microsoft.ManagedIdentity/userAssignedIdentities',
  workspace: 'Microsoft.OperationalInsights/workspaces',
} as const;

/** The last name of an id: the resource's own. */
export function nameOf(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1);
}

/** `westeurope` for `West Europe`: Azure accepts and returns both. */
export function normalLocation(location: string): string {
  return location.replaceAll(' ', '').toLowerCase();
}
