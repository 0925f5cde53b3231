import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exchangeEverything } from './support/every-operation.ts';
import { createOpenApiCheck, type Exchange, exchangeSchema } from './support/openapi.ts';
import { runSdkProgram } from './support/sdk-program.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

const record = join(mkdtempSync(join(tmpdir(), 'flowkeeper-arm-record-')), 'exchanges.ndjson');
let simulator: Simulator;
let problemsOf: (exchange: Exchange) => Promise<readonly unknown[]>;

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.1', '--record', record] });
  problemsOf = await createOpenApiCheck();
});

afterAll(async () => {
  await simulator.stop();
  rmSync(dirname(record), { recursive: true });
});

test('the unmodified SDKs make a network, an identity, its role and a flow log, and read all of it back', async () => {
  await runSdkProgram(simulator);
});

test("what the SDKs sent, and were answered, is valid by Microsoft's OpenAPI documents", async () => {
  const lines = readFileSync(record, 'utf8').trim().split('\n');
  const exchanges = lines.map((line) => exchangeSchema.parse(JSON.parse(line)));
  expect(exchanges.length).toBeGreaterThan(15);
  expect(await problemsOfAll(exchanges)).toEqual([]);
});

test('so is every other request and answer', async () => {
  const exchanges = exchangeEverything();
  expect(exchanges.length).toBeGreaterThan(40);
  expect(await problemsOfAll(exchanges)).toEqual([]);
});

test('the validation would find what is wrong', async () => {
  const [exchange] = exchangeEverything();
  if (exchange === undefined) throw new Error('nothing was exchanged');
  expect(await problemsOf({ ...exchange, body: { tags: 'none' } })).not.toEqual([]);
  expect(await problemsOf({ ...exchange, answer: { location: 5 } })).not.toEqual([]);
});

async function problemsOfAll(exchanges: readonly Exchange[]): Promise<readonly unknown[]> {
  const problems: unknown[] = [];
  for (const exchange of exchanges) problems.push(...(await problemsOf(exchange)));
  return problems;
}
