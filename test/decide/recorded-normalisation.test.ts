import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { flowLogFacts } from '../../shared/azure/network-facts.ts';
import { readWholeFlowLog } from '../../shared/azure/network-reads.ts';
import { driftsOf } from '../../shared/decide/drift.ts';
import type { DesiredFlowLog } from '../../shared/decide/facts.ts';
import { recordTypeList, recordTypes } from '../../shared/policy/record-types.ts';
import { fakeAzure } from '../steps/support/fake-azure.ts';
import { desired, network } from './support/samples.ts';

// What Azure was recorded to answer about a log is no drift from what was sent: other words, the same log.

const sent = z.object({
  identity: z.object({ userAssignedIdentities: z.record(z.string(), z.unknown()).optional() }).optional(),
  properties: z.object({
    targetResourceId: z.string(),
    storageId: z.string(),
    enabled: z.boolean(),
    enabledFilteringCriteria: z.string().default(''),
    recordTypes: z.string().optional(),
    format: z.object({ version: z.number() }).default({ version: 2 }),
  }),
});
const exchange = z.object({
  source: z.string(),
  index: z.number(),
  method: z.string(),
  path: z.string(),
  status: z.number(),
  requestBody: z.unknown(),
  responseBody: z.unknown(),
});
const file = new URL('../arm/fixtures/recordings/flow-logs.json', import.meta.url);
const exchanges = z
  .array(exchange)
  .parse(JSON.parse(readFileSync(file, 'utf8')))
  .filter(({ path }) => path.includes('/flowLogs/'));

/** Each answer about a log, with what had been sent last. */
const answers = exchanges
  .filter(({ method, status }) => method === 'GET' && status === 200)
  .map((read) => {
    const before = exchanges.filter((one) => one.source === read.source && one.index < read.index);
    return { ...read, put: before.findLast(({ method, path }) => method === 'PUT' && path === read.path) };
  })
  .filter(({ put }) => put !== undefined);

function desiredOf(body: unknown): DesiredFlowLog & { readonly enabled: boolean } {
  const { identity, properties } = sent.parse(body);
  return {
    ...desired(),
    storageAccountId: properties.storageId,
    identityId: Object.keys(identity?.userAssignedIdentities ?? {})[0] ?? null,
    formatVersion: properties.format.version,
    enabledFilteringCriteria: properties.enabledFilteringCriteria,
    recordTypes: recordTypeList(properties.recordTypes?.split(',') ?? recordTypes),
    trafficAnalytics: null,
    enabled: properties.enabled,
  };
}

test.each(answers.map((one) => ({ ...one, name: `${one.source} ${one.index}` })))(
  '$name',
  async ({ responseBody, put }) => {
    // Through the SDK, as the product reads it.
    const { clients } = fakeAzure(() => ({ status: 200, body: responseBody }));
    const id = z.object({ id: z.string() }).parse(responseBody).id;
    const [, subscription = '', group = '', watcher = '', name = ''] =
      /subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/.*networkWatchers\/([^/]+)\/flowLogs\/([^/]+)/i.exec(id) ?? [];
    const facts = flowLogFacts(await clients.network(subscription).flowLogs.get(group, watcher, name));
    const wanted = desiredOf(put?.requestBody);
    const drifts = driftsOf({
      network: network({ resourceGuid: facts.targetResourceGuid }),
      flowLog: facts,
      desired: wanted,
      principalId: facts.identities[0]?.principalId ?? null,
    });
    expect(drifts.map(({ check }) => check)).toEqual(wanted.enabled ? [] : ['disabled']);

    const whole = await readWholeFlowLog(clients, id);
    expect(whole).toMatchObject({ ok: true, value: responseBody });
  },
);

test('the recordings have logs with and without identity, filter and record types', () => {
  expect(answers.length).toBeGreaterThan(8);
  const bodies = JSON.stringify(answers.map(({ responseBody }) => responseBody));
  for (const text of ['"userAssigned"', '"none"', '"recordTypes"', 'srcIP', '"FlowLogJSON"', '"JSON"'])
    expect(bodies).toContain(text);
});
