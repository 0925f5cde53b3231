import { expect, test } from 'vitest';
import { enqueue } from '../../shared/inbox/enqueue.ts';
import type { Run } from '../../shared/inbox/work-item.ts';
import { emptyRecord, networkKey } from '../../shared/records/network-record.ts';
import { networksOfRows } from '../../shared/work/networks-of-rows.ts';
import { planNetworkItem } from '../../shared/work/plan-network-item.ts';
import { settleNetwork } from '../../shared/work/settle-network.ts';
import { takeBatchTold } from '../../shared/work/take-batch-told.ts';
import { estate, flowLog, network, storage, subscriptionId } from '../arm/support/estate.ts';
import { networkItem } from '../orchestrations/support/samples.ts';
import { simulatedAzure } from '../steps/support/simulated-azure.ts';
import { workOn } from './support/work.ts';

const id = network('vnet-a');
const destination = { westeurope: storage('stwest') };
const policy = { version: 1, mode: 'enforce', rules: [{ name: 'default', destination, identity: { kind: 'none' } }] };

test('a flow log that was deleted still leads to its network once that waits for its destination', async () => {
  const work = await workOn(simulatedAzure(estate), policy);
  await work.records.networks.put(...networkKey(id), { ...emptyRecord(id), flowLogId: flowLog('log-a') });
  const run: Run = { lane: { kind: 'subscription', subscriptionId }, generation: 0, runId: 'run-1' };
  const request = {
    target: { kind: 'flowLog', id: flowLog('log-a') },
    reason: 'tamper',
    correlationId: 'test',
  } as const;
  await enqueue(work.port, run.lane, [request], work.now(), 0);
  const taken = await takeBatchTold(work, { run });
  const rows = taken.kind === 'batch' ? taken.items : [];

  const item = { ...networkItem(id), flowLogId: null, rows };
  const planned = await planNetworkItem(work, { run, item });
  const plan = planned.status === 'done' ? planned.output : null;
  expect(plan?.change).toMatchObject({ kind: 'create' });
  await settleNetwork(work, { run, item, plan, outcome: { kind: 'waiting', account: 'stwest', answers: 0 } });

  const asked = await networksOfRows(work, run, rows);
  expect(asked.ok && [...asked.value.values()].map((some) => some.length)).toEqual([1]);
});
