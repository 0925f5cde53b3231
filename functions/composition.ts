import type { TokenCredential } from '@azure/core-auth';
import type { HttpClient } from '@azure/core-rest-pipeline';
import { app as functions } from '@azure/functions';
import { ManagedIdentityCredential } from '@azure/identity';
import { type ArmClients, createArmClients } from '../shared/azure/arm-clients.ts';
import { type OpenFlowLogContainer, openFlowLogContainers } from '../shared/azure/flow-log-container.ts';
import { type ManagementGroups, openManagementGroups } from '../shared/azure/management-groups.ts';
import { createInboxSurvey, type InboxSurvey } from '../shared/inbox/inbox-survey.ts';
import type { LaneStore } from '../shared/inbox/lane-port.ts';
import { createTableStore } from '../shared/inbox/table-store.ts';
import { type DeadLetterBox, openDeadLetterBox } from '../shared/records/dead-letter-box.ts';
import { createPolicyStore, type PolicyStore } from '../shared/records/policy-store.ts';
import { type OpenTable, openRecords, type Records } from '../shared/records/records.ts';
import { tableRows } from '../shared/records/table-rows.ts';
import { openTopic, type Topic } from '../shared/records/topic.ts';
import { jsonBlob } from '../shared/records/versioned-text.ts';
import { armTelemetry } from '../shared/telemetry/arm-telemetry.ts';
import type { Telemetry } from '../shared/telemetry/telemetry.ts';
import { openTelemetry } from './open-telemetry.ts';
import { readSettings, type Settings } from './settings.ts';
import { containerName, createStorage, deadLetterContainer, openStorage } from './storage.ts';

/** Everything that the product takes from outside: clients, stores and the clock. Nothing else reads the environment or the time. */
export type App = {
  readonly settings: Settings;
  readonly clients: ArmClients;
  readonly managementGroups: ManagementGroups;
  readonly lanes: LaneStore;
  readonly inboxSurvey: InboxSurvey;
  readonly policies: PolicyStore;
  readonly records: Records;
  readonly openFlowLogContainer: OpenFlowLogContainer;
  readonly deadLetters: DeadLetterBox;
  readonly topic: Topic | null;
  readonly telemetry: Telemetry;
  readonly now: () => Date;
};

/** What the app takes from outside: who it is, where its books are kept, who carries its requests, and the clock. */
export type Outside = Omit<App, 'clients' | 'managementGroups' | 'records'> & {
  readonly credential: TokenCredential;
  /** Carries ARM requests; where left out, the SDK's own does. */
  readonly httpClient?: HttpClient;
  readonly openTable: OpenTable;
};

/** Composes the app from the settings in `env`, with its books in its storage account. */
async function compose(env: Readonly<Record<string, string | undefined>>): Promise<App> {
  const settings = readSettings(env);
  const credential: TokenCredential = new ManagedIdentityCredential(
    settings.clientId ? { clientId: settings.clientId } : {},
  );
  const storage = openStorage(settings, credential);
  const [telemetry] = await Promise.all([openTelemetry(settings, credential), createStorage(storage)]);
  const blob = (name: string) => storage.blobs.getContainerClient(containerName).getBlockBlobClient(name);
  return assemble({
    settings,
    credential,
    lanes: createTableStore(storage.table('lanes')),
    inboxSurvey: createInboxSurvey(storage.table('lanes')),
    policies: createPolicyStore(jsonBlob(blob('policy.json')), jsonBlob(blob('policy.in-force.json')), (hash) =>
      jsonBlob(blob(`policies/${hash}.json`)),
    ),
    openTable: (name, ...shape) => tableRows(storage.table(name), ...shape),
    openFlowLogContainer: openFlowLogContainers(settings.cloud, credential),
    deadLetters: openDeadLetterBox(storage.blobs.getContainerClient(deadLetterContainer)),
    topic: openTopic(settings.topicEndpoint, credential),
    telemetry,
    now: () => new Date(),
  });
}

/** The app over what it takes from outside. */
export function assemble({ credential, httpClient, openTable, ...outside }: Outside): App {
  const { settings, telemetry, now } = outside;
  const clients = createArmClients(settings.cloud, credential, httpClient, [armTelemetry(telemetry)]);
  return {
    ...outside,
    clients,
    managementGroups: openManagementGroups(clients, now),
    records: openRecords(openTable),
  };
}

let composing: () => Promise<App> = () => compose(process.env);
let composed: Promise<App> | null = null;

/** Says how the app of this process is composed, from the next call of `app` on. Left unsaid: from its environment. */
export function composeWith(compose: () => Promise<App>): void {
  composing = compose;
  composed = null;
}

/** The app of this process, composed at the first call. A failure is not kept: the next invocation tries again. */
export function app(): Promise<App> {
  composed ??= composing().catch((error: unknown) => {
    composed = null;
    throw error;
  });
  return composed;
}

/** What was measured and not sent yet is sent before the process ends. */
export function flushTelemetryAtEnd(): void {
  functions.hook.appTerminate(async () => (await composed)?.telemetry.flush());
}
