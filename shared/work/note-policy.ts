import type { Mode } from '../policy/document.ts';
import type { WorkContext } from './work-context.ts';

/** A version of the policy, as the history names it. */
export type PolicyVersion = { readonly etag: string; readonly mode: Mode };

/** Writes down who changed the policy: every change in Azure that follows from it names only its hash. */
export async function notePolicy(
  { records, now }: WorkContext,
  by: string | null,
  reason: 'policy stated' | 'policy approved',
  before: PolicyVersion | null,
  after: PolicyVersion,
): Promise<void> {
  const at = now().toISOString();
  await records.history.add('policy', `${at}~${after.etag.replaceAll('"', '')}`, {
    kind: 'changed',
    resourceId: 'policy',
    run: '',
    planId: '',
    at,
    reason,
    by,
    correlationId: '',
    policyHash: '',
    before,
    after,
    code: null,
    writes: [],
  });
}
