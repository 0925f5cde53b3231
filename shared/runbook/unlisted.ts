import type { RunbookEntry } from './entry.ts';

const log = `az monitor app-insights query --apps $insights --analytics-query "traces
  | extend line = parse_json(message) | where line.resourceId =~ '<resourceId>' | order by timestamp desc
  | project timestamp, line.step, line.status, line.code, line.message | take 20"`;

/** Azure gave no code, or one that Flowkeeper has not met: its status decides. The problem has the code that Azure gave. */
export const unlisted = {
  NoAnswer: {
    happened: 'No answer came from Azure. The code is what the connection said, such as ECONNRESET or ENOTFOUND.',
    why: 'The network between the app and Azure, name resolution, or a firewall on the way.',
    mend: 'Nothing at first. If it lasts, the operator sees whether the app can reach management.azure.com from its network.',
    command: log,
  },
  UnlistedThrottling: {
    happened:
      'Azure refused the request because there were too many (status 429), with a code that is not listed here.',
    why: 'Many networks changed at once.',
    mend: 'Nothing: the wait that Azure names is kept.',
    command: log,
  },
  UnlistedFault: {
    happened: 'Azure failed (status 409 or 500 and above) with a code that is not listed here.',
    why: 'A fault in an Azure service, or another writer at the same moment.',
    mend: 'Nothing at first. If it lasts for an hour, look at Azure Service Health.',
    command: log,
  },
  UnlistedAbsence: {
    happened: 'Azure does not know what the request was about (status 404), with a code that is not listed here.',
    why: 'It was deleted meanwhile, or it is a long-running operation that Azure has forgotten; such a one is begun anew.',
    mend: 'Nothing at first. If it lasts, the owner sees in the activity log who deleted it.',
    command: log,
  },
  UnlistedFailure: {
    happened: 'Azure accepted the request, and its operation then failed with a code that is not listed here.',
    why: 'Unknown: the message of the problem is all that Azure said.',
    mend: 'Follow the message. Report the code, so that it can be listed.',
    command: log,
  },
  UnlistedDenial: {
    happened: 'Azure denied the request (status 401 or 403) with a code that is not listed here.',
    why: 'A right is missing, or something in the tenant forbids it.',
    mend: 'Follow the message; compare the rights of the app with the table in docs/operations.md. Report the code.',
    command:
      'az role assignment list --assignee $FLOWKEEPER_PRINCIPAL_ID --scope <resourceId> --include-inherited --output table',
  },
  UnlistedRefusal: {
    happened: 'Azure refused the request (another status of the 400s) with a code that is not listed here.',
    why: 'The request does not fit what Azure expects of this resource, which Flowkeeper should have known.',
    mend: 'Report it with code and message. Exempt the network in the policy if it should not be tried meanwhile.',
    command: log,
  },
} as const satisfies Record<string, RunbookEntry>;
