import type { RunbookEntry } from './entry.ts';

const provider = `az provider show --namespace <namespace> --subscription <subscriptionId> --query registrationState
az provider register --namespace <namespace> --subscription <subscriptionId> --wait`;
const register =
  'Register the namespace that the message names (Microsoft.Network and Microsoft.Insights are needed in every subscription of the estate).';

/** Somebody decided this, or a subscription is not set up for it. */
export const decided = {
  ScopeLocked: {
    happened: 'A lock forbids the change. The message names the scope that is locked.',
    why: 'The owner protected the resource, its group or its subscription. A read-only lock stops every write; a delete lock stops taking something back.',
    mend: 'Take the lock away for the time of the change, or exempt the network in the policy.',
    command: `az rest --url "<resourceId>/providers/Microsoft.Authorization/locks?api-version=2020-05-01"
az lock delete --ids <lockId>`,
  },
  RequestDisallowedByPolicy: {
    happened: 'An Azure Policy assignment denies the change. The message names it.',
    why: 'The assignment demands something that the resource does not have (a tag, a region, a name), or denies flow logs or identities as such.',
    mend: 'Exempt the resource from the assignment, or change the assignment; or exempt the network in the policy of Flowkeeper.',
    command: `az policy assignment show --name <assignment> --scope <scope>
az policy exemption create --name flowkeeper --policy-assignment <assignmentId> --exemption-category Waiver --scope <scope>`,
  },
  DenyAssignmentAuthorizationFailed: {
    happened: 'A deny assignment forbids the change, whatever rights the app has.',
    why: 'The resource belongs to a managed application, a deployment stack or another service that protects it.',
    mend: 'Change it where it is managed (the stack or the application), or exempt the network in the policy.',
    command: 'az rest --url "<resourceId>/providers/Microsoft.Authorization/denyAssignments?api-version=2022-04-01"',
  },
  ReadOnlyDisabledSubscription: {
    happened: 'The subscription is disabled, so nothing in it can be changed.',
    why: 'It was cancelled, its spending limit is reached, or its bill is not paid.',
    mend: 'Enable the subscription again, or exclude it in scope.subscriptions.exclude of the policy.',
    command: 'az account show --subscription <subscriptionId> --query "{name: name, state: state}"',
  },
  MissingSubscriptionRegistration: {
    happened: 'The subscription is not registered for the resource provider that the message names.',
    why: 'Nobody has used that service in this subscription yet.',
    mend: register,
    command: provider,
  },
  SubscriptionNotRegistered: {
    happened: 'The subscription is not registered for a resource provider that the request needs.',
    why: 'Nobody has used that service in this subscription yet, or it was unregistered.',
    mend: register,
    command: provider,
  },
  MissingRegistrationForLocation: {
    happened: 'The subscription is registered for the resource provider, but not in this region.',
    why: 'The registration is older than the region, or the region is not open to the subscription.',
    mend: 'Register the namespace again, which adds new regions.',
    command: provider,
  },
  InvalidSubscriptionRegistrationState: {
    happened: 'The registration of the subscription for a resource provider is in a state that allows no writes.',
    why: 'It is being registered or unregistered right now, or was unregistered.',
    mend: 'Wait until a registration has ended; register again where it was undone.',
    command: provider,
  },
  ResourceQuotaExceeded: {
    happened: 'A subscription or resource group holds as many resources of this kind as Azure allows.',
    why: 'Many identities in one resource group, or a limit that was set low. The message names which.',
    mend: 'Delete what is not needed, ask Azure for a higher limit, or name another resource group in rules[].identity.resourceGroupId of the policy.',
    command: 'az resource list --resource-group <group> --query "[].type" --output tsv | sort | uniq -c',
  },
  NoRegisteredProviderFound: {
    happened: 'Azure does not know the api-version that Flowkeeper used, for this kind of resource in this region.',
    why: 'A cloud or region that is behind the public one, or a version of Flowkeeper whose api-version Azure has taken away.',
    mend: 'Report it with the message, which lists what Azure supports. Updating Flowkeeper may be enough.',
    command:
      'az provider show --namespace Microsoft.Network --query "resourceTypes[?resourceType==\'networkWatchers/flowLogs\'].apiVersions"',
  },
  InvalidResourceType: {
    happened: 'Azure does not know the kind of resource that Flowkeeper asked for.',
    why: 'A cloud that does not offer it, or a fault in Flowkeeper.',
    mend: 'Report it with the message and the cloud.',
    command: 'az provider show --namespace Microsoft.Network --query "resourceTypes[].resourceType"',
  },
} as const satisfies Record<string, RunbookEntry>;
