import type { DurableClient } from 'durable-functions';
import { v5 as uuid } from 'uuid';
import type { Selection } from '../shared/records/selection.ts';
import type { WorkContext } from '../shared/work/work-context.ts';
import { started } from './durable-runs.ts';

/** Starts a sweep under the policy in force, unless one is running. Without a policy there is nothing to sweep for. */
export async function startSweep({ policies, log, now }: WorkContext, client: DurableClient): Promise<void> {
  const current = await policies.current();
  if (!current) return;
  const selection: Selection = { kind: 'sweep', policyEtag: current.etag, startedAt: now().toISOString() };
  const did = await started(client, 'remediateSelection', `sweep-${uuid(current.etag, uuid.URL)}`, selection);
  log.info({ policyEtag: current.etag, started: did }, 'sweep asked for');
}
