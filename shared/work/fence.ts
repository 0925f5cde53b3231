import { ownsLane } from '../inbox/owns-lane.ts';
import type { Run } from '../inbox/work-item.ts';
import type { Stop } from '../steps/contract.ts';
import type { WorkContext } from './work-context.ts';

/** Asked before every write to Azure: does this run still own its lane, and is the policy still the one it was planned by? */
export async function fence({ port, policies }: WorkContext, run: Run, policyEtag: string): Promise<Stop | null> {
  const [owner, etag] = await Promise.all([ownsLane(port, run), policies.etag()]);
  if (!owner) return 'fenced';
  return etag === policyEtag ? null : 'policyChanged';
}
