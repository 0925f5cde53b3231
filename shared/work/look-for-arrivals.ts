import pMap from 'p-map';
import { type ArmError, type ArmOutcome, said } from '../azure/arm-outcome.ts';
import { readStorageAccount } from '../azure/destination-reads.ts';
import { type FoldersOf, findFolders, newestBlob } from '../azure/flow-log-blobs.ts';
import type { FlowLogContainer } from '../azure/flow-log-container.ts';
import { type Delivery, isRecent, judgeArrival, unreadable } from '../decide/delivery.ts';
import type { StorageFacts } from '../decide/destination/facts.ts';
import type { NetworkRecord } from '../records/network-record.ts';
import { nameOf } from '../resource-id.ts';
import { reasonOfSilence } from './reason-of-silence.ts';
import type { WorkContext } from './work-context.ts';

/** A network with a flow log that should arrive. */
export type LoggedNetwork = NetworkRecord & { readonly flowLogId: string; readonly storageAccountId: string };
/** Those in which a machine runs, by their ids in lower case, or why that is not known. */
export type Running = ArmOutcome<ReadonlySet<string>>;
type Look = { readonly network: LoggedNetwork; readonly newest: ArmOutcome<string | null> };
type Account = {
  readonly facts: StorageFacts;
  readonly container: FlowLogContainer;
  readonly foldersOf: FoldersOf;
};

const concurrency = 16;

/** Looks into one storage account for the logs of these networks. What can't be looked at is told as such, never as silence. */
export async function lookForArrivals(
  context: WorkContext,
  storageAccountId: string,
  networks: readonly LoggedNetwork[],
  running: Running,
): Promise<readonly { readonly network: LoggedNetwork; readonly delivery: Delivery }[]> {
  const now = context.now();
  const logs = networks.map(({ flowLogId }) => flowLogId);
  const account = await openAccount(context, storageAccountId, logs);
  if (!account.ok) return networks.map((network) => ({ network, delivery: notLooked(network, account.error, now) }));

  const { container, foldersOf, facts } = account.value;
  const looks = await pMap(
    networks,
    async (network): Promise<Look> => ({
      network,
      newest: isIdle(network, running) ? said(null) : await newestBlob(container, foldersOf(network.flowLogId), now),
    }),
    { concurrency },
  );
  const judged = looks.map((look) => ({ network: look.network, delivery: judge(look, running, now) }));
  return pMap(
    judged,
    async ({ network, delivery }) =>
      delivery.found === 'silent'
        ? { network, delivery: { ...delivery, problem: await reasonOfSilence(context, network, facts) } }
        : { network, delivery },
    { concurrency },
  );
}

/** Nothing ran when it was looked into, and nothing runs: there is nothing to list. */
function isIdle({ id, delivery }: LoggedNetwork, running: Running): boolean {
  return delivery?.found === 'nothingRuns' && running.ok && !running.value.has(id.toLowerCase());
}

function judge({ network, newest }: Look, running: Running, now: Date): Delivery {
  if (!newest.ok) return notLooked(network, newest.error, now);
  if (!isRecent(newest.value, now) && !running.ok) return notLooked(network, running.error, now);
  const runs = running.ok && running.value.has(network.id.toLowerCase());
  const { changedAt, delivery: before } = network;
  return judgeArrival({ newestAt: newest.value, running: runs, changedAt, before }, now);
}

async function openAccount(
  { clients, openFlowLogContainer }: WorkContext,
  storageAccountId: string,
  flowLogIds: readonly string[],
): Promise<ArmOutcome<Account>> {
  const read = await readStorageAccount(clients, storageAccountId);
  if (!read.ok) return read;
  const facts = read.value;
  if (!facts?.blobEndpoint) return { ok: false, error: gone };
  const container = openFlowLogContainer(nameOf(storageAccountId), facts.blobEndpoint);
  const foldersOf = await findFolders(container, flowLogIds);
  return foldersOf.ok ? said({ facts, container, foldersOf: foldersOf.value }) : foldersOf;
}

const gone: ArmError = {
  status: 404,
  code: 'ResourceNotFound',
  innerCodes: [],
  message: 'The storage account does not exist.',
  retryAfterSeconds: null,
  requestId: null,
};

function notLooked({ storageAccountId, delivery }: LoggedNetwork, error: ArmError, now: Date): Delivery {
  return unreadable(storageAccountId, `${error.code}: ${error.message}`, delivery, now);
}
