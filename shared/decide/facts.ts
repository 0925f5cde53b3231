/** What we know of a virtual network, as Azure gave it. */
export type NetworkFacts = {
  readonly id: string;
  readonly location: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Another one means another network under the same name. */
  readonly resourceGuid: string | null;
  readonly provisioningState: string;
};

/** Where traffic analytics takes a flow log. */
export type TrafficAnalytics = { readonly workspaceResourceId: string; readonly intervalMinutes: number };

/** A flow log after normalising: what differs here differs in fact, not in spelling. */
export type FlowLogFacts = {
  readonly id: string;
  readonly targetResourceId: string;
  readonly targetResourceGuid: string | null;
  readonly storageId: string;
  readonly enabled: boolean;
  /** 0 = kept for ever. */
  readonly retentionDays: number;
  readonly formatVersion: number;
  /** Empty = everything is recorded. */
  readonly enabledFilteringCriteria: string;
  /** A comma list in the order B, C, E, D; all four where Azure names none. */
  readonly recordTypes: string;
  /** Null = off. */
  readonly trafficAnalytics: TrafficAnalytics | null;
  /** User-assigned identities with the principal that the log was bound to; a null principal is one Azure left empty. */
  readonly identities: readonly { readonly id: string; readonly principalId: string | null }[];
  readonly provisioningState: string;
  readonly tags: Readonly<Record<string, string>>;
};

/** What the policy asks of one network's flow log. */
export type DesiredFlowLog = {
  readonly rule: string;
  readonly name: string;
  readonly storageAccountId: string;
  readonly identityId: string | null;
  readonly identityIsOurs: boolean;
  readonly retentionDays: number;
  readonly formatVersion: number;
  readonly enabledFilteringCriteria: string;
  readonly recordTypes: string;
  /** Null = off; `keep` = the policy says nothing of it, so it stays as it is. */
  readonly trafficAnalytics: TrafficAnalytics | null | 'keep';
  readonly networkWatcher: 'create' | 'require';
  readonly existing: 'adopt' | 'report';
};
