import { classify } from '../azure/arm-error-table.ts';
import { flowLogFacts } from '../azure/network-facts.ts';
import { readFlowLog } from '../azure/network-reads.ts';
import type { FlowLogFacts } from '../decide/facts.ts';
import { type FlowLogSettings, sameSettings, settingsOf } from '../plan/flow-log-change.ts';
import { ownProblem } from '../problem.ts';
import { sameId } from '../resource-id.ts';
import type { StepAnswer } from './contract.ts';
import type { StepContext } from './step-context.ts';

export type VerifyRequest = {
  readonly flowLogId: string;
  /** The final GET of the operation that wrote it: when that already proves it, nothing is asked again. */
  readonly written: FlowLogFacts;
  readonly settings: FlowLogSettings;
  /** The principal that the log's identity must have; null where it has none. */
  readonly principalId: string | null;
  /** The network's own `resourceGuid`, where it is known. */
  readonly targetResourceGuid: string | null;
};

/** Reads back what was written. An identity that came back empty is a failure, not a success. */
export async function verifyFlowLog(
  { clients }: StepContext,
  request: VerifyRequest,
): Promise<StepAnswer<FlowLogFacts>> {
  if (faultOf(request, request.written) === null) return { status: 'done', did: 'unchanged', output: request.written };
  const read = await readFlowLog(clients, request.flowLogId);
  if (!read.ok) return classify(read.error, request.flowLogId);
  const facts = read.value && flowLogFacts(read.value);
  const fault = facts ? faultOf(request, facts) : notVerified('it is gone');
  if (facts && fault === null) return { status: 'done', did: 'unchanged', output: { ...facts, tags: {} } };

  const { code, text } = fault ?? notVerified('it is gone');
  const message = `Azure reported success, but on reading the flow log back ${text}. It is kept as it is and looked at again.`;
  return { status: 'retry', pace: 'fast', problem: ownProblem(code, request.flowLogId, message) };
}

type Fault = { readonly code: 'NotVerified' | 'TargetNotRebound'; readonly text: string };

const notVerified = (text: string): Fault => ({ code: 'NotVerified', text });

function faultOf(request: VerifyRequest, facts: FlowLogFacts): Fault | null {
  const text = faultOfSettings(request, facts);
  if (text !== null) return notVerified(text);
  const [now, then] = [request.targetResourceGuid, facts.targetResourceGuid];
  if (!now || !then || sameId(now, then)) return null;
  return { code: 'TargetNotRebound', text: `it still belongs to the network ${then} that was here before ${now}` };
}

function faultOfSettings({ settings, principalId }: VerifyRequest, facts: FlowLogFacts): string | null {
  if (facts.provisioningState !== 'Succeeded') return `its provisioning state is ${facts.provisioningState}`;
  if (!sameSettings(settingsOf(facts), settings)) return 'its settings are not those that were written';
  const [identity] = facts.identities;
  if (!settings.identityId || !principalId) return null;
  if (!identity?.principalId) return 'its identity has no principal';
  return sameId(identity.principalId, principalId)
    ? null
    : `its identity has the principal ${identity.principalId}, not ${principalId}`;
}
