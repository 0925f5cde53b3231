import type { RunbookEntry } from './entry.ts';

const show = 'az resource show --ids <resourceId>';
const watchers =
  'az network watcher list --query "[].{location: location, id: id, state: provisioningState}" --output table';

/** Something that a request names is not there, is elsewhere, or is there already. */
export const missing = {
  ParentResourceNotFound: {
    happened: 'The network watcher that should hold the flow log is not there.',
    why: 'Azure makes it with the first network of a region, which can take a moment; or somebody deleted it.',
    mend: 'See whether the region has a network watcher, and make one where the policy says "networkWatcher": "require".',
    command: `${watchers}
az network watcher configure --resource-group NetworkWatcherRG --locations <location> --enabled true`,
  },
  ResourceNotFound: {
    happened: 'A resource that the request needs is not there.',
    why: 'It was deleted while Flowkeeper worked on it, or is so new that not every part of Azure knows it.',
    mend: 'Make it again, or delete what refers to it.',
    command: show,
  },
  NotFound: {
    happened: 'Azure answered that there is no such thing, without saying more.',
    why: 'A resource was deleted while Flowkeeper worked on it, or is so new that not every part of Azure knows it.',
    mend: 'See whether the resource is there; make it again, or delete what refers to it.',
    command: show,
  },
  ResourceGroupNotFound: {
    happened: 'A resource group that the request needs is not there.',
    why: 'The policy names a group for identities that was never made, or somebody deleted it.',
    mend: 'Make the group, or name another one in rules[].identity.resourceGroupId of the policy.',
    command: 'az group create --name <group> --location <location> --subscription <subscriptionId>',
  },
  SubscriptionNotFound: {
    happened: 'Azure does not know the subscription, or does not show it to the app.',
    why: 'The subscription was cancelled or moved to another tenant, or an id in the policy is wrong.',
    mend: 'Correct the id in the policy, or take the subscription out of scope.subscriptions. If it exists, give the app the role Flowkeeper Reader on it.',
    command: 'az account show --subscription <subscriptionId> --query "{name: name, state: state, tenant: tenantId}"',
  },
  InvalidResourceReference: {
    happened: 'The flow log names a network, a storage account or an identity that is not there, or not in its region.',
    why: 'The storage account or the identity was deleted or moved after its destination had been made ready. Flowkeeper looks at the destination again at once.',
    mend: 'See that the storage account and the identity exist where the policy says, in the region of the network.',
    command: `az resource show --ids <storageAccountId> --query location
az resource show --ids <identityId> --query location`,
  },
  SubnetNotFoundForFlowLog: {
    happened: "A flow log can't be deleted, because the subnet that it was made for is gone.",
    why: 'Azure checks the target of a flow log even while deleting it (known fault: Azure/azure-cli#31506).',
    mend: 'Make a network and a subnet of the same name in the same resource group, delete the flow log, then the subnet. Where that is no option, ask Azure support.',
    command: `az network vnet create --resource-group <group> --name <network> --subnet-name <subnet>
az network watcher flow-log delete --location <location> --name <flowLog>`,
  },
  CannotCreateMoreThanOneFlowLogPerTargetResource: {
    happened: 'The network has a flow log already, and Azure allows one.',
    why: 'Somebody made one while Flowkeeper was about to. It is found at the next look, and adopted or reported as the policy says.',
    mend: 'Nothing. If it lasts, look for the flow log of the network: it may be in another network watcher group.',
    command: `az network watcher flow-log list --location <location> \\
  --query "[?targetResourceId=='<networkId>'].{name: name, id: id}" --output table`,
  },
  NetworkWatcherCountLimitReached: {
    happened: 'The region has a network watcher already, and Azure allows one for each subscription.',
    why: 'Azure or somebody else made one while Flowkeeper was about to. It is found at the next look, whatever its name.',
    mend: 'Nothing. If it lasts, see whether the app may read the watcher.',
    command: watchers,
  },
  InvalidResourceGroupLocation: {
    happened: 'The resource group for network watchers exists already, in another region.',
    why: 'Somebody made it while Flowkeeper was about to. A group in another region is as good, and is used at the next try.',
    mend: 'Nothing. If it lasts, see that the app may read the group.',
    command: 'az group show --name NetworkWatcherRG --subscription <subscriptionId>',
  },
  InvalidTAWorkspaceRegion: {
    happened: 'Azure refused the traffic analytics of the flow log: the workspace is not where the flow log says.',
    why: 'The flow log had traffic analytics before Flowkeeper adopted it, and the workspace was moved or made again elsewhere.',
    mend: 'Turn traffic analytics of this flow log off, or set it to the workspace as it is now.',
    command: `az resource show --ids <workspaceId> --query location
az network watcher flow-log update --location <location> --name <flowLog> --traffic-analytics false`,
  },
} as const satisfies Record<string, RunbookEntry>;
