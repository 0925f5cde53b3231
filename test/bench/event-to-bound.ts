import { z } from 'zod';
import { localTimes } from '../../infra/local/arm/core/times.ts';
import { requireResourceId } from '../../shared/resource-id.ts';
import { type Scene, untilState } from '../scenarios/support/scene.ts';
import { type Figure, middle } from './figure.ts';

const changed = z.looseObject({ changedAt: z.string() });
const served = z.looseObject({ at: z.string(), method: z.string(), path: z.string() });

/**
 * How long Flowkeeper itself takes from the event of a new VNet to the log that is bound and proven, on an idle lane with a
 * ready destination: what is left after the settle delay and Azure's own write of the log. Waiting between two questions about
 * that write is ours. For a scene whose Azure takes `localTimes`.
 */
export async function eventToBound(scene: Scene, settleSeconds: number, runs: number): Promise<Figure> {
  const seconds: number[] = [];
  for (let run = 0; run < runs; run += 1) seconds.push((await untilBound(scene, `vnet-bound-${run}`)) - settleSeconds);
  return {
    what: 'event to bound log, less the settle delay and the write itself',
    unit: 's',
    value: middle(seconds),
    baseline: { name: 'the promise', value: 3 },
  };
}

/** Seconds from the end of Azure's making the VNet, which raises the event, less the write of the log. */
async function untilBound(scene: Scene, name: string): Promise<number> {
  const id = await scene.createNetwork(name);
  await untilState(scene, name, 'Compliant');
  const { subscriptionId, resourceGroup } = requireResourceId(id);
  const told = await scene.call(`/api/networks/${subscriptionId}/${resourceGroup}/${name}`);
  const { changedAt } = changed.parse(told.body);
  const journal = await (await fetch(`${scene.environment().controlUrl}/journal?since=0`)).text();
  const requests = journal.split('\n').flatMap((line) => (line === '' ? [] : served.parse(JSON.parse(line))));
  const put = requests.find(({ method, path }) => method === 'PUT' && path.toLowerCase() === id.toLowerCase());
  if (!put) throw new Error(`Nobody has made ${id}.`);
  const event = Date.parse(put.at) + localTimes.networkCreate;
  return (Date.parse(changedAt) - event - localTimes.flowLogWrite) / 1000;
}
