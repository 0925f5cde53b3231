import type { ArmWrite } from '../azure/arm-clients.ts';
import type { Run } from '../inbox/work-item.ts';
import { isOfType, resourceTypes } from '../resource-id.ts';
import type { StepAnswer, StepKind, Undo } from '../steps/contract.ts';
import { historyPartition } from './history-partition.ts';
import type { WorkContext } from './work-context.ts';

type Told = {
  readonly run: Run;
  readonly about: string;
  readonly resourceId: string;
  readonly undo?: Undo;
  /** Of a flow log: what it is set to. */
  readonly settings?: { readonly storageId: string; readonly identityId: string | null };
};

/** Progress, story and log line in one: what a step did for the network or storage account that it is about. */
export async function tellStep(
  { records, telemetry, log, now }: WorkContext,
  name: StepKind,
  told: Told,
  answer: StepAnswer<unknown>,
  writes: readonly ArmWrite[],
): Promise<void> {
  const { run, about, resourceId, undo, settings } = told;
  const step = undo?.step ?? name;
  const ofNetwork = isOfType(about, resourceTypes.network);
  const subject = ofNetwork
    ? { networkId: about }
    : run.lane.kind === 'destination'
      ? { account: run.lane.account }
      : { lane: about };
  const problem = 'problem' in answer ? answer.problem : null;
  const did = answer.status === 'done' ? answer.did : null;
  const fields = {
    ...subject,
    step,
    resourceId,
    status: answer.status,
    ...(settings ? { storageAccountId: settings.storageId, identityId: settings.identityId } : {}),
    ...(did ? { did } : {}),
    ...(problem ? { code: problem.code, message: problem.message } : {}),
    ...('afterSeconds' in answer ? { afterSeconds: answer.afterSeconds } : {}),
  };
  log[problem ? 'warn' : looksOnly(name) ? 'debug' : 'info'](fields, undo ? 'undo finished' : 'step finished');
  if (did && did !== 'unchanged') telemetry.changed({ step, did });
  const at = now().toISOString();
  // Of an operation that runs only its beginning is told: a poll is no news.
  if (!ofNetwork || looksOnly(name) || (answer.status === 'running' && writes.length === 0)) return;
  await records.steps.put(historyPartition(about), `${at}~${name}`, {
    run: run.runId,
    step,
    status: answer.status,
    did,
    code: problem?.code ?? null,
    resourceId,
    writes: [...writes],
    at,
  });
}

const looksOnly = (name: StepKind): boolean => ['locate', 'planNetwork', 'planDestination'].includes(name);
