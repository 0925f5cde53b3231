import type { Selection } from '../records/selection.ts';
import type { NetworksByState } from './select-page.ts';
import type { WorkContext } from './work-context.ts';

type Finished = {
  readonly selection: Selection;
  readonly selected: number;
  readonly networksByState: NetworksByState;
};

/** Notes that a selection has been worked through: a sweep its policy, a remediation that no more networks will come. */
export async function finishSelection(
  { records, telemetry, log, now }: WorkContext,
  { selection, selected, networksByState }: Finished,
): Promise<null> {
  const finishedAt = now().toISOString();
  if (selection.kind === 'sweep') {
    const { policyEtag, startedAt } = selection;
    await records.sweeps.put('sweep', 'last', { policyEtag, startedAt, finishedAt, selected, networksByState });
    telemetry.swept(networksByState);
    log.info({ selected, networksByState, policyEtag, startedAt }, 'sweep finished');
    return null;
  }
  const { remediationId } = selection;
  const remediation = await records.remediations.get(remediationId, 'remediation');
  if (remediation?.kind === 'remediation')
    await records.remediations.put(remediationId, 'remediation', { ...remediation, complete: true });
  log.info({ remediationId, selected }, 'remediation selected');
  return null;
}
