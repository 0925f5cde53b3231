import type { OwnEntry } from './entry.ts';

/** Networks, their flow logs and the network watcher between them. */
export const ownNetworks = {
  NoNetworkWatcher: {
    happened: 'The region has no network watcher, and the policy says that Flowkeeper must not make one.',
    why: 'Azure makes one with the first network of a region, unless the subscription has opted out of that.',
    meanwhile: 'Parks the networks of that region, and looks again every 30 minutes.',
    mend: 'Make the network watcher, or set rules[].networkWatcher of the policy to "create".',
    command: `az group create --name NetworkWatcherRG --location <location> --subscription <subscriptionId>
az network watcher configure --resource-group NetworkWatcherRG --locations <location> --enabled true`,
  },
  NetworkWatcherGroupMissing: {
    happened:
      'The resource group for the network watcher was missing. Flowkeeper made it, and the watcher was still refused.',
    why: 'A new group can take some seconds until all of Azure knows it; or somebody deletes it again.',
    meanwhile: 'Goes on at once, then parks the networks of that region and looks again every 2 minutes.',
    mend: 'Nothing. If it lasts, see who deletes the group.',
    command: `az monitor activity-log list --resource-group NetworkWatcherRG --offset 1d \\
  --query "[].{at: eventTimestamp, what: operationName.value, by: caller}" --output table`,
  },
  FlowLogNameTaken: {
    happened: 'A flow log of the name that the policy gives exists, and it serves another network.',
    why: 'The name template gives two networks one name, or somebody else uses the same names.',
    meanwhile: 'Leaves that flow log as it is, parks the network, and looks again every 30 minutes.',
    mend: 'Change rules[].flowLog.name so that it tells the networks apart, or delete the flow log if nobody needs it.',
    command: 'az resource show --ids <resourceId> --query properties.targetResourceId',
  },
  NotVerified: {
    happened:
      'Azure said that the flow log was written, and on reading it back it is not as it should be. The message says how.',
    why: 'Azure could not bind the identity, left the log in the state Failed, or somebody changed it in that moment.',
    meanwhile:
      'Reads it again for about two minutes. Keeps the flow log (a log that records is never deleted for this), looks at its destination again, and tries again every 30 minutes.',
    mend: 'See that the identity exists and may write to the storage account, and who else writes the flow log.',
    command: `az resource show --ids <resourceId> --query "{state: properties.provisioningState, identity: identity}"
az monitor activity-log list --resource-id <resourceId> --offset 1h --query "[].{at: eventTimestamp, by: caller}" --output table`,
  },
  Contested: {
    happened:
      'Flowkeeper put a setting of this flow log right several times within a day, and somebody else changed it again each time; or made the log again, and somebody deleted it each time. The message names the settings, and who it may be.',
    why: 'Two systems manage one flow log: an Azure Policy assignment that deploys flow logs, Terraform or Bicep that sets them back, or a second Flowkeeper.',
    meanwhile:
      'Writes nothing to this flow log any more, and makes none, however long that lasts. Goes on by itself where the other gives in, or the policy asks for what the other sets.',
    mend: 'Decide who sets it. Exclude the network from the assignment, or leave the setting out of the other system; or exempt the network in the policy of Flowkeeper. Then request a remediation: it starts the count anew.',
    command: `az monitor activity-log list --resource-id <resourceId> --offset 1d --query "[].{at: eventTimestamp, by: caller, what: operationName.value}" --output table
az policy assignment list --disable-scope-strict-match --query "[?contains(policyDefinitionId, 'cd6f7aff-2845-4dab-99f2-6d1754a754b0') || contains(policyDefinitionId, '052c180e-287d-44c3-86ef-01aeae2d9774')].id"
curl --fail-with-body -X POST "$api/remediations" -H "x-functions-key: $key" \\
  -H 'content-type: application/json' -d '{"networks":["<networkId>"]}'`,
  },
  FlowLogElsewhere: {
    happened:
      'The network was deleted and made again under its name in another region. A flow log of somebody else is still in the watcher of the former region, and Azure allows a network one.',
    why: "A flow log outlives its network. One of Flowkeeper's own is taken along; one that somebody else made is not Flowkeeper's to delete.",
    meanwhile:
      'Tries again every 30 minutes, and when the flow log that it names is deleted. Nothing is recorded until then.',
    mend: 'Delete the flow log that the message names, if nobody needs it. Where it names none, look in the watchers of the other regions for the one whose target is the network, delete that, and request a remediation.',
    command: `az network watcher flow-log list --location <formerLocation> \\
  --query "[?targetResourceId=='<networkId>'].{name: name, id: id}" --output table
az resource delete --ids <resourceId>`,
  },
  TargetNotRebound: {
    happened:
      'The network was deleted and made again under its name. The flow log of the former one is still there, was written anew, and Azure goes on to say that it belongs to the former one.',
    why: 'A flow log outlives its network. Whether writing it binds it to the new one is not documented, and here it did not.',
    meanwhile:
      'Keeps the flow log, for it may record all the same, and writes it again every 30 minutes. It never deletes one that Azure calls healthy.',
    mend: 'Delete the flow log: Flowkeeper hears of it and makes a new one within seconds. What was recorded stays.',
    command: `az resource show --ids <resourceId> --query properties.targetResourceGuid
az resource delete --ids <resourceId>`,
  },
  NotInResourceGraph: {
    happened: 'A dry run could not plan a network, because Azure Resource Graph does not show it.',
    why: 'It is younger than a minute or so, it is gone, or the app may not read it.',
    meanwhile: 'Nothing: a dry run changes nothing, and the network itself is worked on as always.',
    mend: 'Ask again in a minute. If it lasts, see whether the network exists and the app has the role Flowkeeper Reader there.',
    command: 'az graph query -q "resources | where id =~ \'<resourceId>\' | project id, location"',
  },
  OrphanedFlowLog: {
    happened: 'The network of this flow log is gone. The log is still there and records nothing.',
    why: 'The network was deleted without its flow log.',
    meanwhile:
      'Deletes a flow log that Flowkeeper made, where the policy says enforce; leaves any other alone. What was recorded stays in the storage account either way.',
    mend: 'Delete the flow log, or give Flowkeeper the role Flowkeeper Flow Log Remover.',
    command: 'az resource delete --ids <resourceId>',
  },
  ManagementGroupsUnknown: {
    happened:
      'The policy speaks of management groups, and Resource Graph does not show in which the subscription of this network is.',
    why: 'Flowkeeper may not read the subscription, or it was made or moved minutes ago.',
    meanwhile:
      'Neither counts the network as in scope nor as out of it: it writes nothing, and looks again with every sweep.',
    mend: 'Give Flowkeeper the reader role on the subscription or a management group above it, or name the subscription in the policy.',
    command: `az graph query -q "resourcecontainers | where type =~ 'microsoft.resources/subscriptions' \
  | project name, subscriptionId, groups = properties.managementGroupAncestorsChain"`,
  },
  WorkspaceNotFound: {
    happened: 'The policy sends traffic analytics to a Log Analytics workspace that does not exist.',
    why: 'It was deleted, or its id is misspelt.',
    meanwhile: 'Leaves the flow log as it is, parks the network, and looks again every 30 minutes.',
    mend: 'Make the workspace, or name another one in rules[].trafficAnalytics.',
    command: 'az resource show --ids <resourceId> --query "{location: location, guid: properties.customerId}"',
  },
} as const satisfies Record<string, OwnEntry>;
