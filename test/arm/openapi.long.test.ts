import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeEverything } from './support/every-operation.ts';
import { createOpenApiCheck, type Exchange, type OpenApiProblem, readRecorded } from './support/openapi.ts';
import { runEveryType } from './support/sdk-everything.ts';
import { credentialOf, runSdkProgram } from './support/sdk-program.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';
import { startWebhook } from './support/webhook.ts';

const record = mkdtempSync(join(tmpdir(), 'flowkeeper-arm-record-'));
let simulator: Simulator;
let check: ReturnType<typeof createOpenApiCheck> | undefined;

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.1', '--record', record] });
});

afterAll(async () => {
  await simulator.stop();
  rmSync(record, { recursive: true });
});

test('the unmodified SDKs make a network, an identity, its role and a flow log, and read all of it back', async () => {
  await runSdkProgram(simulator);
});

test('they make, read, change, list and delete something of every resource type', async () => {
  const webhook = await startWebhook();
  await runEveryType(simulator.armEndpoint, credentialOf(simulator), webhook.url);
  webhook.close();
});

// Reading the documents takes four seconds, and many times that on a busy machine.
const patienceMs = 300_000;

test("what the SDKs sent, and were answered, is valid by Microsoft's OpenAPI documents", {
  timeout: patienceMs,
}, async () => {
  const exchanges = readRecorded(record);
  expect(exchanges.length).toBeGreaterThan(80);
  const problems = await problemsOfAll(exchanges);
  expect(problems.filter(({ kind }) => kind === 'violation')).toEqual([]);
  const undescribed = new Set(problems.map(({ method, url }) => `${method} ${url}`));
  expect(exchanges.length - undescribed.size).toBeGreaterThan(60);
});

test('so is every other request and answer', { timeout: patienceMs }, async () => {
  const exchanges = exchangeEverything();
  expect(exchanges.length).toBeGreaterThan(40);
  expect(await problemsOfAll(exchanges)).toEqual([]);
});

test('the validation would find what is wrong', { timeout: patienceMs }, async () => {
  const [exchange] = exchangeEverything();
  if (exchange === undefined) throw new Error('nothing was exchanged');
  expect(await problemsOf({ ...exchange, body: { tags: 'none' } })).not.toEqual([]);
  expect(await problemsOf({ ...exchange, answer: { location: 5 } })).not.toEqual([]);
});

async function problemsOfAll(exchanges: readonly Exchange[]): Promise<readonly OpenApiProblem[]> {
  const problems: OpenApiProblem[] = [];
  for (const exchange of exchanges) problems.push(...(await problemsOf(exchange)));
  return problems;
}

/** The documents are read once, and only where something is checked. */
async function problemsOf(exchange: Exchange): Promise<readonly OpenApiProblem[]> {
  check ??= createOpenApiCheck();
  return (await check)(exchange);
}
