import { enforceNetworks } from '../../../orchestrations/enforce-networks.ts';
import type { StepAnswer } from '../../../shared/steps/contract.ts';
import type { AdmittedChange, DestinationState, NetworkItem, RecordedPlan } from '../../../shared/work/network-item.ts';
import { flowLog, watcherId } from '../../decide/support/samples.ts';
import { type Call, play } from './play.ts';
import { answers, done, networkItem, plan, ready, run } from './samples.ts';

type Options = {
  readonly items?: readonly NetworkItem[];
  readonly networkWatcherId?: string | null;
  readonly plan?: RecordedPlan | ((call: number) => StepAnswer<RecordedPlan>);
  readonly watcher?: StepAnswer<{ networkWatcherId: string }>;
  readonly destination?: DestinationState;
  readonly admitted?: AdmittedChange;
  readonly flowLog?: StepAnswer<unknown>;
  readonly proof?: StepAnswer<unknown>;
  readonly undo?: StepAnswer<null>;
  readonly urgent?: (call: number) => boolean;
  readonly activitySeconds?: number;
};

/** What the proof reads back. */
export const proven = flowLog({ id: 'proven' });

/** Plays a lane of networks in which all goes well, but for what the options say. */
export function enforce(options: Options = {}) {
  const planned = options.plan ?? plan();
  const { items = [networkItem()], networkWatcherId = watcherId } = options;
  return play(enforceNetworks, {
    activitySeconds: options.activitySeconds ?? 0,
    input: { run, location: 'westeurope', networkWatcherId, items },
    activities: {
      planNetwork: answers('planNetwork', (call) => (typeof planned === 'function' ? planned(call) : done(planned))),
      ensureNetworkWatcher: answers(
        'ensureNetworkWatcher',
        () => options.watcher ?? done({ networkWatcherId: watcherId }),
      ),
      requireDestination: () => options.destination ?? ready,
      admitChange: () => options.admitted ?? { kind: 'go' },
      ensureFlowLog: answers('ensureFlowLog', () => options.flowLog ?? done(flowLog({ id: 'written' }))),
      verifyFlowLog: answers('verifyFlowLog', () => options.proof ?? done(proven, 'unchanged')),
      undoStep: answers('undoStep', () => options.undo ?? done(null, 'deleted')),
      settleNetwork: (_: unknown, call: number) => ({ urgent: options.urgent?.(call) ?? false }),
    },
  });
}

/** The input of the first call of an activity. */
export const inputOf = (calls: readonly Call[], name: string) => calls.find((call) => call.name === name)?.input;
/** What the first network was settled as. */
export const outcomeOf = (calls: readonly Call[]) => (inputOf(calls, 'settleNetwork') as { outcome: unknown }).outcome;
