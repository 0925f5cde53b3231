import type { OwnEntry } from './entry.ts';

const look = `az storage blob list --account-name <account> --container-name insights-logs-flowlogflowevent --auth-mode login \\
  --query "[-3:].{name: name, at: properties.lastModified}" --output table`;

/** Flow logs that are as they should be, and do not arrive. */
export const ownDelivery = {
  SilentRoleMissing: {
    happened:
      'The flow log is as it should be, and nothing arrives: its identity may not write to the storage account.',
    why: 'The role assignment was removed, or is one that does not hold the right to write blobs.',
    meanwhile: 'Has the storage account looked at at once, which grants the right again, and looks with every sweep.',
    mend: 'Nothing, if Flowkeeper may make destinations; else assign Storage Blob Data Contributor to the identity.',
    command: 'az role assignment list --scope <storageAccountId> --include-inherited --output table',
  },
  SilentFirewall: {
    happened: 'The flow log is as it should be, and nothing arrives: the firewall of the storage account keeps it out.',
    why: 'Flow logs come in as a trusted service of Azure, and this firewall, or a network security perimeter, lets none in.',
    meanwhile: 'Leaves the firewall alone, and looks again with every sweep.',
    mend: 'Let trusted services in.',
    command: 'az storage account update --ids <storageAccountId> --bypass AzureServices',
  },
  SilentKeysForbidden: {
    happened:
      'The flow log has no identity, and the storage account forbids keys, which are all that such a log could use.',
    why: 'The policy says identity: none, and somebody switched the keys of the account off.',
    meanwhile: 'Leaves it as it is, and looks again with every sweep.',
    mend: 'Give the rule of the policy an identity.',
    command: 'az storage account show --ids <storageAccountId> --query allowSharedKeyAccess',
  },
  Silent: {
    happened: 'The flow log is as it should be and a machine runs in the network, but nothing has arrived for an hour.',
    why: "Role and firewall are in order. Azure tries the account's key before the identity: a key that was rotated can stop a log until it is switched off and on again. Or the machine has no traffic.",
    meanwhile: 'Leaves it as it is: what can be told from outside is in order. Looks again with every sweep.',
    mend: 'Switch the flow log off; Flowkeeper switches it on again. If it stays silent, ask Azure support.',
    command: `az resource update --ids <flowLogId> --set properties.enabled=false
${look}`,
  },
  DeliveryUnreadable: {
    happened: 'Whether flow logs arrive in this storage account could not be looked at.',
    why: 'Flowkeeper may not list blobs there, or the firewall of the account keeps Flowkeeper out. The message says what Azure answered.',
    meanwhile: 'Keeps the state of its networks as it is without this proof, and looks again with the next sweep.',
    mend: 'Give Flowkeeper the role Flowkeeper Delivery Reader on the account, or let it through the firewall.',
    command: look,
  },
} as const satisfies Record<string, OwnEntry>;
