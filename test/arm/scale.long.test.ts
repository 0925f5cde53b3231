import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { arrayOf, objectOf, stringOf } from '../../infra/local/arm/core/json.ts';
import { readEstate } from '../../infra/local/arm/estate.ts';
import { control, createClient } from './support/client.ts';
import { group, network, estate as small } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';
import { startSimulator } from './support/simulator.ts';

const networks = 100_000;
const estate = readEstate('infra/local/example/estate.json');
const operator = estate.principals.find(({ name }) => name === 'operator');

test('an estate of 100,000 networks is made, listed, queried and, after a kill, still there', async () => {
  const simulator = await startSimulator({ estate, args: ['--networks', String(networks), '--seed', '7'] });
  const client = createClient(simulator, operator);
  await control(simulator, 'PUT', '/switches', { throttling: 'off' });

  const listed = async () => {
    const subscriptions = arrayOf((await client.get('/subscriptions')).body.value).map((one) => objectOf(one).id);
    let count = 0;
    for (const id of subscriptions) {
      let next: string | undefined = `${id}/providers/Microsoft.Network/virtualNetworks`;
      while (next !== undefined) {
        const { body } = await client.get(next);
        count += arrayOf(body.value).length;
        next = stringOf(body.nextLink);
      }
    }
    return count;
  };
  const queried = async () => {
    const query = "resources | where type =~ 'microsoft.network/virtualnetworks' | summarize n = count()";
    const { body } = await client.send('POST', '/providers/Microsoft.ResourceGraph/resources', { query });
    return objectOf(arrayOf(body.data)[0]).n;
  };
  const inAll = networks + 12;
  expect(await listed()).toBe(inAll);
  expect(await queried()).toBe(inAll);
  await simulator.killAndRestart();
  expect(await queried()).toBe(inAll);
  expect(await listed()).toBe(inAll);
  await simulator.stop();
});

test('a million requests leave the memory as large as the state', () => {
  const { world, send, pass } = startInProcess(small, { switches: { throttling: 'off' } });
  const request = (round: number) => {
    const name = network(`vnet-${round % 100}`);
    if (round % 10 !== 0) return send('GET', `${name}?api-version=2026-01-01`);
    pass(10);
    return send('PUT', `${name}?api-version=2026-01-01`, { location: 'westeurope', tags: { round: String(round) } });
  };
  for (let round = 0; round < 200_000; round += 1) request(round);
  const before = { heap: heapAfterCollection(), resources: world.store.size };
  for (let round = 0; round < 1_000_000; round += 1) request(round);
  expect(world.store.size).toBe(before.resources);
  expect(heapAfterCollection() - before.heap).toBeLessThan(5_000_000);
  expect(send('GET', `${group}?api-version=2024-03-01`).status).toBe(200);
});

function heapAfterCollection(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}
