import type { Logger } from 'pino';
import type { ArmClients } from '../azure/arm-clients.ts';
import type { OpenFlowLogContainer } from '../azure/flow-log-container.ts';
import type { ManagementGroups } from '../azure/management-groups.ts';
import type { LanePort } from '../inbox/lane-port.ts';
import type { DeadLetterBox } from '../records/dead-letter-box.ts';
import type { PolicyStore } from '../records/policy-store.ts';
import type { Records } from '../records/records.ts';
import type { Topic } from '../records/topic.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** What the work on the inbox needs: Azure, the lanes, the policy, our books, the clock and a log. */
export type WorkContext = {
  readonly clients: ArmClients;
  readonly managementGroups: ManagementGroups;
  readonly port: LanePort;
  readonly policies: PolicyStore;
  readonly records: Records;
  readonly openFlowLogContainer: OpenFlowLogContainer;
  readonly deadLetters: DeadLetterBox;
  readonly topic: Topic | null;
  readonly telemetry: Telemetry;
  readonly log: Logger;
  readonly now: () => Date;
  /** Whether tags say that this deployment made the resource. */
  readonly isOurs: (tags: Readonly<Record<string, string>>) => boolean;
};
