/** What a read brought. One that Azure refused says so: it is neither there nor absent. */
export type Read<Value> = { readonly value: Value } | { readonly refused: string };

/** What was read; undefined where it could not be, or was not asked for. */
export function seen<Value>(read: Read<Value> | null): Value | undefined {
  return read && 'value' in read ? read.value : undefined;
}

/** A storage account, as far as flow logs are concerned. */
export type StorageFacts = {
  readonly location: string;
  readonly kind: string;
  readonly tier: string;
  /** Whether the firewall lets in Azure's own services, among them the one that writes flow logs. */
  readonly trustsAzure: boolean;
  /** What happens to who is not named by a rule of the firewall: `Allow` or `Deny`. */
  readonly defaultAction: string;
  /** `Enabled`, `Disabled` or `SecuredByPerimeter`. */
  readonly publicNetworkAccess: string;
  /** Whether the account's keys open it. */
  readonly keysAllowed: boolean;
  /** Where its blobs are; null for an account that has none. */
  readonly blobEndpoint: string | null;
};

/** The container that Azure writes flow logs to. */
export type ContainerFacts = {
  /** A retention policy or a legal hold forbids changing a blob. */
  readonly immutable: boolean;
  /** Blocks may be added to a blob all the same (`allowProtectedAppendWritesAll`). */
  readonly allowsAppends: boolean;
};

export type LockFacts = { readonly level: string; readonly scope: string };
export type Grant = { readonly roleDefinitionId: string; readonly scope: string };
export type Registration = {
  readonly namespace: string;
  readonly subscriptionId: string;
  readonly state: Read<string>;
};

/** What was seen of a destination, beyond its storage account. Null: not asked for, since nothing depends on it. */
export type DestinationFacts = {
  readonly storageAccountId: string;
  readonly identityId: string | null;
  readonly versioning: Read<boolean>;
  readonly container: Read<ContainerFacts | null>;
  /** At the account and above it. */
  readonly locks: Read<readonly LockFacts[]>;
  readonly lifecycleRules: Read<number> | null;
  readonly registrations: readonly Registration[];
  /** The tenants of the account's subscription (null where Resource Graph does not show it) and of the identity. */
  readonly tenants: { readonly account: Read<string | null>; readonly identity: string } | null;
  /** Role assignments in the account's subscription; asked for where one more is to be made. */
  readonly roleAssignments: Read<number> | null;
  /** What the identity's principal holds at the account and above it. */
  readonly grants: readonly Grant[];
  /** What has to be made: the identity, its access to the account's blobs. */
  readonly lacks: { readonly identity: boolean; readonly access: boolean };
  /** It was ready before, with this very identity, so flow logs use it; whatever a later look has come to. */
  readonly wasPublished: boolean;
};
