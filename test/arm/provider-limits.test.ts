import { expect, test } from 'vitest';
import { arrayOf, type JsonObject, objectOf } from '../../infra/local/arm/core/json.ts';
import { estate, flowLog, group, network, otherSubscriptionId, storage, subscriptionId } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

type Scene = ReturnType<typeof startInProcess>;

/** Sends the same request until it is refused, slowly enough for ARM's own buckets. Returns how many were taken, and the refusal. */
function untilRefused({ send, pass }: Scene, method: string, path: string, perSecond: number, body?: JsonObject) {
  for (let taken = 0; ; taken += 1) {
    const answer = send(method, path, body);
    if (answer.status === 429) return { taken, answer };
    if (taken > 20_000) throw new Error('It is never refused.');
    pass(1 / perSecond);
  }
}

test('Microsoft.Network takes 1,000 writes in five minutes per subscription and region, and says when it takes more', () => {
  const scene = startInProcess(estate);
  const path = `${network('vnet-none')}?api-version=2026-01-01`;
  const vnet = { location: 'westeurope', properties: {} };
  const { taken, answer } = untilRefused(scene, 'PUT', path, 10, vnet);
  expect(taken).toBe(1_000);
  const error = objectOf(objectOf(answer.body).error);
  expect(error.code).toBe('RetryableError');
  expect(objectOf(arrayOf(error.details)[0]).code).toBe('RetryableErrorDueToTooManyCalls');
  const seconds = Number(answer.headers['Retry-After']);
  expect(seconds).toBe(200);

  // The same region only, reads apart, and other providers not at all.
  expect(scene.send('DELETE', `${flowLog('fl-none')}?api-version=2026-01-01`).status).toBe(429);
  const north = { ...vnet, location: 'northeurope' };
  expect(scene.send('PUT', path.replace('vnet-none', 'vnet-further'), north).status).toBe(201);
  expect(scene.send('GET', path).status).toBe(200);
  const other = group.replace(subscriptionId, otherSubscriptionId).replace('rg-network', 'rg-other');
  expect(scene.send('PUT', path.replace(group, other), vnet).status).toBe(201);
  expect(scene.send('PATCH', `${storage('stwest')}?api-version=2026-09-01`, { tags: {} }).status).toBe(200);

  scene.pass(seconds - 1);
  expect(scene.send('PUT', path, vnet).status).toBe(429);
  scene.pass(1);
  expect(scene.send('PUT', path, vnet).status).toBe(200);
});

test('Microsoft.Authorization has a limit of its own, in the words of ARM', () => {
  const scene = startInProcess(estate);
  const name = '99999999-0000-4000-8000-000000000077';
  const path = `${group}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`;
  const { taken, answer } = untilRefused(scene, 'DELETE', path, 10);
  expect(taken).toBe(1_000);
  expect(objectOf(objectOf(answer.body).error).code).toBe('ResourceRequestsThrottled');
  expect(answer.headers['Retry-After']).toBe('200');
  expect(scene.send('GET', path).status).toBe(404);
});
