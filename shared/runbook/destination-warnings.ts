import type { OwnEntry } from './entry.ts';

const show = (query: string) => `az storage account show --ids <storageAccountId> --query "${query}"`;
const goesOn =
  'Uses the destination all the same, and looks again every hour. The warning stands with the destination until it is gone, and in the log once.';

/** What does not keep a destination from being used, and somebody should know. */
export const destinationWarnings = {
  PublicAccessDisabled: {
    happened: 'Public network access of the storage account is disabled.',
    why: 'A rule of the organisation. Azure says that trusted services keep the access that the firewall gave them before; others need a private endpoint.',
    meanwhile: goesOn,
    mend: 'See that blobs arrive. Where none do, enable access from selected networks and allow trusted Azure services.',
    command: `${show('{public: publicNetworkAccess, rules: networkRuleSet}')}
az storage blob list --account-name <account> --container-name insights-logs-flowlogflowevent --auth-mode login --num-results 5 --query "[].properties.lastModified"`,
  },
  NetworkSecurityPerimeter: {
    happened: 'A network security perimeter guards the storage account.',
    why: 'In enforced mode it takes the place of the firewall, and trusted Azure services are not let in for being trusted.',
    meanwhile: goesOn,
    mend: 'Allow the subscriptions of the networks by an inbound access rule of the perimeter, and see that blobs arrive.',
    command: `${show('publicNetworkAccess')}
az network perimeter profile access-rule list --resource-group <group> --perimeter-name <perimeter> --profile-name <profile> --output table`,
  },
  BlobVersioning: {
    happened: 'Blob versioning is on for the storage account.',
    why: 'Azure appends to a blob about once a minute, and each append makes a version that is paid for.',
    meanwhile: goesOn,
    mend: 'Use an account without versioning, or end the life of old versions by a lifecycle rule.',
    command: `az storage account blob-service-properties show --account-name <account> --query isVersioningEnabled
az storage account blob-service-properties update --account-name <account> --enable-versioning false`,
  },
  StorageAccountLocked: {
    happened: 'A lock stands on the storage account, its group or its subscription.',
    why: 'The owner protects it. A lock against deleting also keeps a role assignment from being taken back; a read-only one keeps it from being given again.',
    meanwhile: goesOn,
    mend: 'Nothing, as long as all is well. What Flowkeeper could not take back is told as a leftover.',
    command: 'az rest --url "<storageAccountId>/providers/Microsoft.Authorization/locks?api-version=2020-05-01"',
  },
  LifecycleRulesShort: {
    happened: 'The storage account has few lifecycle rules left.',
    why: 'Each flow log with retention takes a tenth of a rule, and an account has 100 of them: about 1,000 flow logs.',
    meanwhile: goesOn,
    mend: 'Set rules[].flowLog.retentionDays of the policy to 0, and let one lifecycle rule of the account end the life of all logs; or use more accounts.',
    command: `az storage account management-policy show --account-name <account> --resource-group <group> --query "length(policy.rules)"`,
  },
  RoleAssignmentsShort: {
    happened: 'The subscription of the storage account holds nearly as many role assignments as Azure allows (4,000).',
    why: 'Assignments of deleted identities stay, and count.',
    meanwhile: goesOn,
    mend: 'Delete assignments that nobody needs, first those whose identity no longer exists.',
    command: `az role assignment list --all --subscription <subscriptionId> --query "[?principalName==''].id" --output tsv`,
  },
  IdentityMissing: {
    happened: 'The identity of the flow logs was deleted.',
    why: 'Somebody deleted it, or its resource group.',
    meanwhile:
      'Makes it again where it is its own, gives it the right to write, and binds every flow log that used it anew. A given identity is never made: the destination is blocked then.',
    mend: 'Find out who deleted it, and protect the resource group.',
    command: `az monitor activity-log list --resource-id <resourceId> --offset 7d --query "[].{at: eventTimestamp, what: operationName.value, by: caller}" --output table`,
  },
  RoleAssignmentMissing: {
    happened: "The identity's right to write to the storage account was taken away.",
    why: 'Somebody deleted the role assignment, or a tool that does not know it did.',
    meanwhile: 'Gives the right again. What the networks recorded in between did not arrive.',
    mend: 'Find out who deleted it, and tell that tool of it.',
    command: `az monitor activity-log list --resource-id <resourceId> --offset 7d --query "[?contains(operationName.value, 'roleAssignments')].{at: eventTimestamp, what: operationName.value, by: caller}" --output table`,
  },
  IdentityHasMoreRights: {
    happened: 'The identity of the flow logs may do more than write to its storage account. The message says what.',
    why: 'Somebody gave it another role, or this one for more than this account.',
    meanwhile: 'Reports it and never takes it away. It looks again every hour.',
    mend: 'Delete the assignment if nobody needs it. Use the identity for nothing but flow logs.',
    command: `az role assignment list --assignee <principalId> --all --output table
az role assignment delete --ids <roleAssignmentId>`,
  },
  DestinationUnread: {
    happened: 'Azure did not let Flowkeeper read some settings of the destination. The message names them.',
    why: 'The app lacks the role Flowkeeper Reader at the storage account, or Azure was busy at that moment.',
    meanwhile: goesOn,
    mend: 'Give the app the role Flowkeeper Reader on the resource group of the storage account (docs/operations.md).',
    command:
      'az role assignment list --assignee $FLOWKEEPER_PRINCIPAL_ID --scope <storageAccountId> --include-inherited --output table',
  },
} as const satisfies Record<string, OwnEntry>;
