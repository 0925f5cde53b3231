import { z } from 'zod';
import type { InvocationResult } from '../../../infra/local/host/app/protocol.ts';
import { isUrgent, reasonSchema } from '../../../shared/inbox/work-item.ts';
import type { Served } from '../world/azure.ts';
import type { Plan } from '../world/estate.ts';
import type { Invocation } from '../world/invocation.ts';

const askedSchema = z.object({
  plan: z.object({
    id: z.string(),
    networkId: z.string(),
    change: z.object({ before: z.object({ enabled: z.boolean() }).nullable() }),
  }),
  rows: z.array(z.object({ reason: reasonSchema })),
});
const answerSchema = z.object({ kind: z.string() });
const hourMs = 60 * 60_000;

type Watched = {
  readonly plan: Plan;
  readonly now: () => number;
  readonly violated: (what: string) => void;
};

/** What the policy says of how much may be changed: looked at whenever a change is admitted, and when one is written. */
export function watchLimits({ plan, now, violated }: Watched) {
  const { changesPerHour = null } = plan.limits;
  /** Networks by run whose change was admitted. */
  const admitted = new Set<string>();
  /** Plans that were admitted and count, by clock hour. */
  const inHour = new Map<number, Set<string>>();

  return {
    onInvoked({ functionName, data, startedAt, asked }: Invocation, result: InvocationResult): void {
      if (functionName !== 'admitChange' || !asked || !result.ok) return;
      if (answerSchema.parse(answerOf(result)).kind !== 'go') return;
      const { plan, rows } = askedSchema.parse(JSON.parse(data));
      const reasons = rows.map(({ reason }) => reason);
      admitted.add(key(asked.run.runId, plan.networkId));
      const hour = Math.floor(startedAt / hourMs);
      // At the turn of the hour nobody can say which of the two it was asked in.
      if (changesPerHour === null || Math.floor(now() / hourMs) !== hour || isNeverHeldBack(plan.change, reasons))
        return;
      const plans = (inHour.get(hour) ?? new Set<string>()).add(plan.id);
      inHour.set(hour, plans);
      if (plans.size > changesPerHour)
        violated(`${plan.networkId} is the change ${plans.size} in an hour in which ${changesPerHour} may be`);
    },

    onServed({ request: { method, path }, by }: Served): void {
      if (!by?.asked || !['PUT', 'DELETE'].includes(method)) return;
      if (by.functionName !== 'ensureFlowLog' && by.functionName !== 'collectFlowLog') return;
      if (!admitted.has(key(by.asked.run.runId, by.asked.about ?? '')))
        violated(`${method} ${path}: the change was not admitted`);
    },
  };
}

function key(runId: string, networkId: string): string {
  return `${runId} ${networkId.toLowerCase()}`;
}

/** What a person asks for by itself, and logging that begins where somebody told of its lack. */
function isNeverHeldBack(
  { before }: { readonly before: { readonly enabled: boolean } | null },
  reasons: readonly string[],
) {
  return (
    reasons.includes('manual') || (!before?.enabled && reasons.some((reason) => isUrgent(reasonSchema.parse(reason))))
  );
}

function answerOf(result: InvocationResult & { readonly ok: true }): unknown {
  const { returnValue } = result;
  return returnValue && 'json' in returnValue ? JSON.parse(returnValue.json) : null;
}
