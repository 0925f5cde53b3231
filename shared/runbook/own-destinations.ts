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
  IdentityNotFound: {
    happened: 'The policy gives an identity, and it does not exist. Flowkeeper never makes a given identity.',
    why: 'It was deleted, or its id is misspelt.',
    meanwhile: parked,
    mend: 'Make the identity, or name another one in rules[].identity.',
    command: `az identity create --name <name> --resource-group <group> --location <location>
${policy}`,
  },
  DestinationChanged: {
    happened: "The destination's own row was changed by another part of Flowkeeper while it was looked at.",
    why: 'A network asked for it, or the sweep did, at the same moment.',
    meanwhile: 'Looks at it again at once.',
    mend: 'Nothing. If it lasts, see whether two deployments use one storage account for their state.',
    command: 'curl -s "$api/networks" -H "x-functions-key: $key" | jq \'.networks[] | select(.problem)\'',
  },
} as const satisfies Record<string, OwnEntry>;
