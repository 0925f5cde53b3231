/** What a step works on, in a person's words. */
export const things: Readonly<Record<string, string>> = {
  ensureNetworkWatcher: 'network watcher',
  ensureFlowLog: 'flow log',
  collectFlowLog: 'flow log of a VNet that is gone',
  verifyFlowLog: 'flow log, read back,',
  planDestination: 'storage account',
  ensureIdentity: 'identity',
  ensureRoleAssignment: 'right to write blobs',
};

/** Drifts, by the name of their check. */
export const driftWords: Readonly<Record<string, string>> = {
  noFlowLog: 'has no flow log',
  disabled: 'flow log disabled',
  wrongStorage: 'wrong storage account',
  identityMissing: 'no identity',
  identityWrong: 'wrong identity',
  identityExtra: 'an identity too many',
  identityRecreated: 'identity was recreated',
  retention: 'wrong retention',
  format: 'wrong format version',
  provisioningFailed: 'flow log failed in Azure',
  targetRecreated: 'VNet was recreated',
  duplicateLogs: 'more than one flow log',
};

/** Why nothing is done, or not yet. */
export const becauseWords: Readonly<Record<string, string>> = {
  off: 'the policy is off',
  audit: 'the policy only reports',
  exempt: 'exempt by policy',
  held: "held by its owner's tag",
  report: 'made by others, and only reported',
  contested: 'somebody else keeps changing it',
  parked: 'parked',
  paused: 'waits for its turn',
  waiting: 'waits for its storage account',
  settling: 'still settling',
};

/** Where work came from; the other kinds of work are told at their source. */
export const reasonWords: Readonly<Record<string, string>> = {
  event: 'event received',
  tamper: 'event received: something it depends on was changed',
};
