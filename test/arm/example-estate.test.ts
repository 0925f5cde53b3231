import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { arrayOf } from '../../infra/local/arm/core/json.ts';
import { control } from './support/client.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

const file = new URL('../../infra/local/example/estate.json', import.meta.url);
const text = z.string().optional();
const assignment = z.looseObject({
  properties: z.looseObject({ roleDefinitionId: text, principalId: text, condition: text }).optional(),
});
let simulator: Simulator;
let estate: { subscriptions: unknown[]; resources: unknown[] };

beforeAll(async () => {
  estate = z
    .looseObject({ subscriptions: z.array(z.unknown()), resources: z.array(z.unknown()) })
    .parse(JSON.parse(await readFile(file, 'utf8')));
  simulator = await startSimulator({ estate });
});

afterAll(() => simulator.stop());

test('the app holds its conditional roles with the conditions that Bicep gives them', async () => {
  const conditions = estate.resources.flatMap((one) => {
    const { roleDefinitionId = '', principalId = '', condition } = assignment.parse(one).properties ?? {};
    const [, role] = /(destination-operator|delivery-reader)$/.exec(roleDefinitionId) ?? [];
    return role ? [{ role, principalId, condition }] : [];
  });
  expect(conditions).toHaveLength(8);
  for (const { role, principalId, condition } of conditions) {
    const text = await readFile(new URL(`../../infra/azure/conditions/${role}.txt`, import.meta.url), 'utf8');
    expect(condition).toBe(text.replaceAll('<appPrincipalId>', principalId));
  }
});

test('the estate of the local run loads as a whole', async () => {
  const resources = arrayOf(await control(simulator, 'GET', '/resources'));
  expect(resources).toHaveLength(estate.resources.length + estate.subscriptions.length);
});
