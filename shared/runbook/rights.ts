import type { RunbookEntry } from './entry.ts';

const grantsOfApp =
  'az role assignment list --assignee $FLOWKEEPER_PRINCIPAL_ID --scope <resourceId> --include-inherited --output table';
const lostAssignments = `az role assignment list --all --subscription <subscriptionId> --query 'length(@)'
az role assignment list --all --subscription <subscriptionId> --query "[?principalName==''].id" --output tsv`;

/** Who may do what: roles of the app, and the role that it gives to the identity of a flow log. */
export const rights = {
  AuthorizationFailed: {
    happened: "The app's identity may not do this. The message names the action and the scope.",
    why: 'The right was never granted to the app, was taken away, or was granted a few minutes ago and has not spread yet. A condition on the role assignment that is not met looks the same.',
    mend: 'Find the action in the table of rights in docs/operations.md, turn on the setting that grants it there, and deploy again. Granted less than ten minutes ago: wait.',
    command: `${grantsOfApp}
azd env set FLOWKEEPER_ALLOW_FLOW_LOGS true && azd provision    # for example`,
  },
  LinkedAuthorizationFailed: {
    happened:
      "The app's identity may write the resource, but not use another one that the request names: most often the identity of the flow log.",
    why: 'The app lacks Microsoft.ManagedIdentity/userAssignedIdentities/assign/action on that identity, or the identity is gone.',
    mend: 'See that the identity exists, and give the app the role Flowkeeper Identity User on its resource group (FLOWKEEPER_IDENTITY_GROUP).',
    command: `az identity show --ids <identityId>
az role assignment list --assignee $FLOWKEEPER_PRINCIPAL_ID --scope <identityId> --include-inherited --output table`,
  },
  PrincipalNotFound: {
    happened: "The directory does not know the identity's principal, so no role could be assigned to it.",
    why: 'A new identity takes up to ten minutes until every replica of the directory knows it. After that: the identity was deleted.',
    mend: 'See whether the identity is still there and has this principal. A given identity that was deleted has to be made again or replaced in the policy.',
    command: 'az ad sp show --id <principalId>',
  },
  FailedIdentityOperation: {
    happened: 'Azure could not bind the identity to the flow log.',
    why: 'A new identity takes some minutes until it can be used. After that: it was deleted, or made again under its old name.',
    mend: 'See whether the identity exists in the place that the policy names.',
    command: 'az identity show --ids <identityId>',
  },
  RoleAssignmentLimitExceeded: {
    happened: 'The subscription of the storage account holds as many role assignments as Azure allows (4,000).',
    why: 'Assignments of deleted identities stay, and count.',
    mend: 'Delete assignments that nobody needs, first those whose identity no longer exists.',
    command: lostAssignments,
  },
  HashConflictOnDifferentRoleAssignmentIds: {
    happened: "Azure can't use the id that Flowkeeper derived for the role assignment.",
    why: 'The id collides with another one in the tenant; it would collide again each time.',
    mend: 'Report it with the resource id. Until it is mended, assign the role by hand: Flowkeeper takes any assignment that grants it.',
    command: `az role assignment create --role "Storage Blob Data Contributor" --assignee-object-id <principalId> \\
  --assignee-principal-type ServicePrincipal --scope <storageAccountId>`,
  },
  RoleAssignmentUpdateNotPermitted: {
    happened: 'A role assignment of the derived name exists and says something else.',
    why: 'Somebody used the same name for another principal or role; Flowkeeper derives it from scope, principal and role.',
    mend: 'Look at the assignment; where nobody needs it, delete it. Report it: the names are meant to be unique.',
    command: `az rest --url "<resourceId>?api-version=2022-04-01"
az role assignment delete --ids <resourceId>`,
  },
  CannotSetResourceIdentity: {
    happened: 'Azure refused the identity of the flow log.',
    why: 'A flow log takes a user-assigned identity only.',
    mend: 'See that rules[].identity in the policy names a user-assigned identity of the same tenant.',
    command: 'az identity show --ids <identityId> --query "{type: type, tenant: tenantId}"',
  },
} as const satisfies Record<string, RunbookEntry>;
