import type { RunbookEntry } from './entry.ts';

const activityLog =
  'az monitor activity-log list --resource-id <resourceId> --offset 1h \\\n' +
  '  --query "[].{at: eventTimestamp, what: operationName.value, status: status.value, by: caller}" --output table';

const stillWaiting = `curl -s "$api/networks?subscription=<subscriptionId>" -H "x-functions-key: $key" |
  jq -r '.networks[] | select(.problem) | [.name, .problem.code, .until] | @tsv'`;

/** Azure is at work on something else, or has had enough requests for now. */
export const busy = {
  AnotherOperationInProgress: {
    happened: 'Azure refused the request because another operation holds the same resource or one that it depends on.',
    why: 'A deployment, a person or another tool is changing the network, its flow log or the network watcher right now.',
    mend: 'Nothing. If it lasts for hours, find the operation that does not end in the activity log, and who began it.',
    command: activityLog,
  },
  RetryableErrorDueToAnotherOperation: {
    happened:
      'Azure refused the request because another operation holds the resource, and says that it may be repeated.',
    why: 'Azure allows one write at a time to a network watcher and to the target of a flow log.',
    mend: 'Nothing. If it shows up all the time, set limits.lanesPerRegion in the policy to 1.',
    command: activityLog,
  },
  RetryableError: {
    happened: 'Azure failed for a moment, and says that the request may be repeated.',
    why: 'A resource that the flow log depends on was not ready.',
    mend: 'Nothing. If it lasts, look at the activity log of the network.',
    command: activityLog,
  },
  ReferencedResourceNotProvisioned: {
    happened: 'A resource that the flow log refers to, most often its network, is still being changed.',
    why: 'Subnets, peerings or the network itself were written a moment ago.',
    mend: 'Nothing. Where deployments take longer than that, raise limits.settleSeconds in the policy. A network that stays in the state Failed or Updating needs its owner.',
    command: 'az resource show --ids <networkId> --query "{state: properties.provisioningState}"',
  },
  Conflict: {
    happened: 'The request contradicted the state of the resource at that moment.',
    why: 'Somebody else wrote the same resource at the same time.',
    mend: 'Nothing. If it lasts, find the other writer in the activity log.',
    command: activityLog,
  },
  CanceledAndSupersededDueToAnotherOperation: {
    happened: 'Azure gave up the operation because a newer one on the same resource took its place.',
    why: 'Somebody else wrote the same resource while our write was running.',
    mend: 'Nothing, for the state is looked at anew. If it comes back, two writers disagree: find the other one and let only one of them manage the flow log.',
    command: activityLog,
  },
  InternalServerError: {
    happened: 'Azure failed without saying why.',
    why: 'A fault in an Azure service, or several flow logs written at once into one network watcher.',
    mend: 'Nothing. If it lasts for an hour, look at Azure Service Health, and open a support request with the correlation id of the activity log.',
    command: activityLog,
  },
  AllocationFailed: {
    happened: 'Azure has no room for the resource at this moment.',
    why: 'The region, or the part of it that the resource belongs to, is short of capacity.',
    mend: 'Nothing at first. If it lasts for hours, look at Azure Service Health, and ask Azure support.',
    command: activityLog,
  },
  SubscriptionRequestsThrottled: {
    happened: 'Azure Resource Manager refused the request because there were too many for this subscription.',
    why: 'Many networks changed at once, or other tools with the same identity use up the allowance.',
    mend: 'Nothing: the wait that Azure names is kept. If it never ends, set limits.lanesPerRegion in the policy to 1.',
    command: stillWaiting,
  },
  ResourceRequestsThrottled: {
    happened: 'A resource provider refused the request because there were too many for one of its own limits.',
    why: 'Many networks or destinations changed at once: providers count beside Azure Resource Manager.',
    mend: 'Nothing: the wait that Azure names is kept. If it never ends, set limits.lanesPerRegion in the policy to 1.',
    command: stillWaiting,
  },
  TooManyRequests: {
    happened: 'An Azure service refused the request because there were too many.',
    why: 'Many networks or destinations changed at once.',
    mend: 'Nothing: the wait that Azure names is kept. If it never ends, set limits.lanesPerRegion in the policy to 1.',
    command: stillWaiting,
  },
} as const satisfies Record<string, RunbookEntry>;
