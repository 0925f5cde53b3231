import type { Selection } from '../records/selection.ts';
import type { WorkContext } from './work-context.ts';

/** Notes that a selection has been worked through: a sweep its policy, a remediation that no more networks will come. */
export async function finishSelection(
  { records, log, now }: WorkContext,
  { selection, selected }: { selection: Selection; selected: number },
): Promise<null> {
  const finishedAt = now().toISOString();
  if (selection.kind === 'sweep') {
    const { policyEtag, startedAt } = selection;
    await records.sweeps.put('sweep', 'last', { policyEtag, startedAt, finishedAt, selected });
    log.info({ selected, policyEtag, startedAt }, 'sweep finished');
    return null;
  }
  const { remediationId } = selection;
  const remediation = await records.remediations.get(remediationId, 'remediation');
  if (remediation?.kind === 'remediation')
    await records.remediations.put(remediationId, 'remediation', { ...remediation, complete: true });
  log.info({ remediationId, selected }, 'remediation selected');
  return null;
}
