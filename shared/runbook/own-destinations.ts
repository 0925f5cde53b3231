import type { OwnEntry } from './entry.ts';

const policy = `curl -s -D - "$api/policy" -H "x-functions-key: $key"    # the ETag is among the headers
curl --fail-with-body -X PUT "$api/policy" -H "x-functions-key: $key" -H 'if-match: <etag>' \\
  -H 'content-type: application/json' -d @policy.json`;
const account = 'az storage account show --ids <storageAccountId> --query "{location: location, sku: sku.name}"';
const parked =
  'Writes nothing. Keeps the networks of this destination parked, and looks at it again every 30 minutes; a new policy comes before that.';

/** Storage accounts and identities, as the policy wants them. */
export const ownDestinations = {
  NoDestination: {
    happened: 'The rule that the network falls under names no storage account for its region.',
    why: 'The first network of a new region.',
    meanwhile:
      'Writes nothing for this network. A new policy is looked at within a minute, and so is every network with it.',
    mend: 'Add a storage account in that region to rules[].destination, or exempt the network.',
    command: policy,
  },
  StorageAccountNotFound: {
    happened: 'The policy names a storage account that does not exist.',
    why: 'It was deleted, or its id is misspelt.',
    meanwhile: parked,
    mend: 'Make the storage account again, or name another one in rules[].destination.',
    command: `${account}
${policy}`,
  },
  StorageAccountInOtherRegion: {
    happened: 'The policy names a storage account of another region than the networks that are to log into it.',
    why: 'Azure wants both in one region; the entry in rules[].destination stands under the wrong region.',
    meanwhile: parked,
    mend: 'Name a storage account of the region in rules[].destination.',
    command: `${account}
${policy}`,
  },
  StorageAccountTier: {
    happened: 'The policy names a storage account that is not of the tier Standard.',
    why: 'Azure writes flow logs to Standard accounts only, and a Premium account stays Premium.',
    meanwhile: parked,
    mend: 'Name a Standard account in rules[].destination.',
    command: `${account}
az storage account create --name <account> --resource-group <group> --location <location> --sku Standard_LRS`,
  },
  StorageAccountKind: {
    happened: 'The policy names a storage account that holds no blobs.',
    why: 'An account of the kind FileStorage is for file shares only.',
    meanwhile: parked,
    mend: 'Name an account of the kind StorageV2 in rules[].destination.',
    command: `az storage account show --ids <storageAccountId> --query kind
az storage account create --name <account> --resource-group <group> --location <location> --sku Standard_LRS --kind StorageV2`,
  },
  StorageAccountInOtherTenant: {
    happened: 'The storage account and the identity are in different tenants.',
    why: 'The subscription of the account was delegated (Azure Lighthouse) or moved to another directory. Azure gives rights, and writes flow logs, within one tenant.',
    meanwhile: parked,
    mend: 'Name a storage account of the tenant of the networks in rules[].destination.',
    command: `az account show --subscription <subscriptionId> --query tenantId
az identity show --ids <identityId> --query tenantId`,
  },
  StorageAccountFirewall: {
    happened: 'The firewall of the storage account keeps flow logs out.',
    why: 'It denies by default or public access is disabled, and trusted Azure services are not allowed.',
    meanwhile: parked,
    mend: 'Allow trusted Azure services. The firewall may stay closed to everybody else.',
    command: `az storage account show --ids <storageAccountId> --query "{public: publicNetworkAccess, rules: networkRuleSet}"
az storage account update --ids <storageAccountId> --bypass AzureServices`,
  },
  StorageAccountReadOnly: {
    happened: 'A read-only lock keeps the identity from being given the right to write.',
    why: 'The owner protected the storage account, its group or its subscription before the destination was ready.',
    meanwhile: parked,
    mend: 'Take the lock away until the destination is ready, or give the identity the role Storage Blob Data Contributor beforehand.',
    command: `az rest --url "<storageAccountId>/providers/Microsoft.Authorization/locks?api-version=2020-05-01"
az lock delete --ids <lockId>`,
  },
  ContainerImmutable: {
    happened: 'The container of the flow logs can be written once, and flow logs are appended to.',
    why: 'A retention policy or a legal hold stands on it without allowProtectedAppendWritesAll. What allows append blobs only is not enough: flow logs are block blobs.',
    meanwhile: parked,
    mend: 'Allow protected appends for block and append blobs in the policy or the hold, or name another account.',
    command: `az storage container immutability-policy show --account-name <account> --container-name insights-logs-flowlogflowevent
az storage container immutability-policy create --account-name <account> --container-name insights-logs-flowlogflowevent --period <days> --allow-protected-append-writes-all true`,
  },
  ProviderNotRegistered: {
    happened: 'A subscription is not registered for a resource provider that flow logs need. The message names both.',
    why: 'Nobody has used that service in this subscription yet.',
    meanwhile:
      'Where the identity is to be made in that subscription, makes nothing and looks again every 30 minutes; else it is a warning.',
    mend: 'Register the namespace that the message names.',
    command: `az provider register --namespace <namespace> --subscription <subscriptionId> --wait`,
  },
  RoleAssignmentsUsedUp: {
    happened: 'The subscription of the storage account holds as many role assignments as Azure allows (4,000).',
    why: 'Assignments of deleted identities stay, and count.',
    meanwhile: parked,
    mend: 'Delete assignments that nobody needs, first those whose identity no longer exists.',
    command: `az role assignment list --all --subscription <subscriptionId> --query "[?principalName==''].id" --output tsv
az role assignment delete --ids <id>`,
  },
  IdentityNotFound: {
    happened: 'The policy gives an identity, and it does not exist. Flowkeeper never makes a given identity.',
    why: 'It was deleted, or its id is misspelt.',
    meanwhile: parked,
    mend: 'Make the identity, or name another one in rules[].identity.',
    command: `az identity create --name <name> --resource-group <group> --location <location>
${policy}`,
  },
  IdentityInUse: {
    happened: 'An identity that Flowkeeper made and wants to remove is used by a resource. The message names it.',
    why: 'Somebody bound the identity to something else than the flow logs that it was made for.',
    meanwhile: 'Keeps the identity, tells it as a leftover of its destination, and tries again at the next look.',
    mend: 'Bind another identity to that resource; or keep this one by removing its tag flowkeeper-deployment.',
    command: `az resource show --ids <userId> --query identity
az tag update --operation delete --resource-id <resourceId> --tags flowkeeper-deployment=<deployment>`,
  },
  DestinationChanged: {
    happened: "The destination's own row was changed by another part of Flowkeeper while it was looked at.",
    why: 'A network asked for it, or the sweep did, at the same moment.',
    meanwhile: 'Looks at it again at once.',
    mend: 'Nothing. If it lasts, see whether two deployments use one storage account for their state.',
    command: 'curl -s "$api/networks" -H "x-functions-key: $key" | jq \'.networks[] | select(.problem)\'',
  },
} as const satisfies Record<string, OwnEntry>;
