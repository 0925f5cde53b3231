import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openScene, type Scene } from './support/scene.ts';

let scene: Scene;
beforeAll(async () => {
  // As long as by default: every write would put the network off by half a minute.
  scene = await openScene((policy) => ({ ...policy, limits: { ...policy.limits, settleSeconds: 30 } }));
});
afterAll(() => scene.close());

it('a network that is written every second for six minutes gets its flow log after five all the same', async () => {
  const began = Date.now();
  let id = '';
  let loggedAfter: number | null = null;
  for (let write = 0; Date.now() - began < 6 * 60_000; write++) {
    id = await scene.createNetwork('vnet-restless', 'westeurope', { write: String(write) });
    const [flowLog] = await scene.flowLogsOf(id);
    if (flowLog?.provisioningState === 'Succeeded') loggedAfter ??= Date.now() - began;
    await delay(1000);
  }
  expect(loggedAfter).not.toBeNull();
  expect(await scene.flowLogsOf(id)).toHaveLength(1);
});
