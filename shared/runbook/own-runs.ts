import type { OwnEntry } from './entry.ts';

const errors = `az monitor app-insights query --apps $insights --offset 1h --analytics-query "exceptions
  | order by timestamp desc | project timestamp, operation_Name, type, outerMessage | take 20"`;

/** Flowkeeper's own work: its runs and activities. */
export const ownRuns = {
  HourlyLimitReached: {
    happened: 'As many flow logs were changed in this clock hour as limits.changesPerHour of the policy allows.',
    why: 'A policy that changes many networks, or many that drifted at once.',
    meanwhile:
      'Gives each network its turn in an hour to come, in their order, and says when. Does not hold back what a person asks for by itself, nor a flow log for a network that an event told to have none.',
    mend: "Nothing. Raise limits.changesPerHour to go faster; request a remediation of a network that can't wait.",
    command: `curl -s "$api/networks" -H "x-functions-key: $key" | jq -r '.networks[] | select(.because == "paused") | [.until, .name] | @tsv' | sort`,
  },
  TooManyChangesFailed: {
    happened:
      'So many of the latest changes failed that Flowkeeper has stopped to change anything, as limits.pauseWhen of the policy says.',
    why: 'Something that many networks share is wrong: a right that was taken away, an Azure Policy, a destination, or the policy itself.',
    meanwhile:
      'Waits as long as limits.pauseWhen.minutes says, then goes on. A network that fails again for a reason that is known does not count again.',
    mend: 'See what the failed ones have in common, and mend it. Stating the policy anew (PUT of the same document) ends the pause at once.',
    command: `curl -s "$api/networks" -H "x-functions-key: $key" | jq -r '.networks[] | select(.because == "parked") | [.problem.code, .name] | @tsv' | sort`,
  },
  OperationTimedOut: {
    happened: 'Azure accepted the request, and its operation had not ended after 12 minutes.',
    why: 'Azure is slow, or the operation hangs.',
    meanwhile:
      'Lets the operation go on, looks again every 2 minutes, and begins it anew only where that is still needed.',
    mend: 'Nothing at first. If it lasts for an hour, open a support request with the correlation id of the activity log.',
    command: `az monitor activity-log list --resource-id <resourceId> --offset 2h \\
  --query "[].{at: eventTimestamp, status: status.value, correlationId: correlationId}" --output table`,
  },
  RunFailed: {
    happened: 'Run after run that worked on this resource ended without a result, as many as limits.attempts allows.',
    why: 'The app is stopped or killed again and again in the middle of its work, or a fault in it ends the runs.',
    meanwhile: 'Leaves the resource alone for an hour, so that others get their turn.',
    mend: 'Look for the errors of those runs, and report them. Ask again when the cause is gone.',
    command: errors,
  },
  ActivityFailed: {
    happened: 'A part of Flowkeeper failed with an error that it did not expect. The message has the first line of it.',
    why: 'A fault in Flowkeeper, or its own storage account is out of reach.',
    meanwhile:
      'Tries the step again for about two minutes, then parks what it is about and tries again every 30 minutes.',
    mend: 'See that the storage account of the app can be reached; else report the error.',
    command: errors,
  },
  AnswerOfAnotherStep: {
    happened: 'A run got the answer of another step than the one that it asked for, and stopped.',
    why: 'A new version of the app was deployed in the middle of the run.',
    meanwhile: 'Used nothing of that answer. Parks what the run was about, and tries again every 30 minutes.',
    mend: 'Ask again. If it comes back without a deployment, report it.',
    command: `curl --fail-with-body -X POST "$api/remediations" -H "x-functions-key: $key" \\
  -H 'content-type: application/json' -d '{"networks":["<networkId>"]}'`,
  },
} as const satisfies Record<string, OwnEntry>;
