import { afterAll, beforeAll, expect, test } from 'vitest';
import { arrayOf, type Json, objectOf } from '../../infra/local/arm/core/json.ts';
import { type Client, control, createClient } from './support/client.ts';
import {
  flowLog,
  identity,
  network,
  otherSubscriptionId,
  reader,
  storage,
  stranger,
  subscriptionId,
  watcher,
} from './support/estate.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

let simulator: Simulator;
let client: Client;
const path = '/providers/Microsoft.ResourceGraph/resources';
const ask = (query: string, rest: Record<string, Json> = {}, as = client) => as.send('POST', path, { query, ...rest });
const rows = async (query: string) => {
  const { status, body } = await ask(query);
  if (status !== 200) throw new Error(JSON.stringify(body));
  return arrayOf(body.data);
};

beforeAll(async () => {
  simulator = await startSimulator({ args: ['--time-scale', '0.02'] });
  client = createClient(simulator);
  await control(simulator, 'PUT', '/switches', { throttling: 'off' });
  await client.put(flowLog('fl-a'), {
    location: 'westeurope',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-logs')]: {} } },
    properties: { targetResourceId: network('vnet-a'), storageId: storage('stwest'), enabled: true },
  });
});

afterAll(() => simulator.stop());

test('networks come joined with their flow logs, those without one too', async () => {
  const query = `
    Resources
    | where type =~ 'Microsoft.Network/virtualNetworks'
    | extend key = tolower(id)
    | join kind=leftouter (
        resources
        | where type == 'microsoft.network/networkwatchers/flowlogs'
        | extend target = tolower(tostring(properties.targetResourceId))
        | summarize logs = make_list(pack('id', id, 'enabled', properties.enabled, 'storageId', properties['storageId'])) by target
      ) on $left.key == $right.target
    | project id, name, subscriptionId, location, tags, resourceGuid = properties.resourceGuid, logs
    | order by name asc`;
  expect(await rows(query)).toMatchObject([
    {
      name: 'vnet-a',
      location: 'westeurope',
      subscriptionId,
      logs: [{ id: flowLog('fl-a'), enabled: true, storageId: storage('stwest') }],
    },
    { name: 'vnet-north', location: 'northeurope', logs: null },
  ]);
});

test('a row has the columns of Resource Graph, its type and group in lower case', async () => {
  const [row] = await rows(`resources | where id =~ '${watcher}'`);
  expect(row).toMatchObject({
    id: watcher,
    type: 'microsoft.network/networkwatchers',
    resourceGroup: 'networkwatcherrg',
    location: 'westeurope',
    properties: { provisioningState: 'Succeeded' },
    tags: null,
    kind: '',
  });
});

test('subscriptions and resource groups are containers', async () => {
  const found = await rows(
    "ResourceContainers | where type == 'microsoft.resources/subscriptions' | project subscriptionId, name | order by name asc",
  );
  expect(found).toEqual([
    { subscriptionId, name: 'sub-one' },
    { subscriptionId: otherSubscriptionId, name: 'sub-two' },
  ]);
  expect(
    await rows("resourcecontainers | where type =~ 'microsoft.resources/subscriptions/resourcegroups' | count"),
  ).toEqual([{ Count: 3 }]);
});

test('pages follow each other by skip token, except where the query limits itself or shows no scalar', async () => {
  const query = 'resources | project id | order by id asc';
  const total = (await ask(query)).body.totalRecords;
  const seen: Json[] = [];
  let token: Json | undefined;
  do {
    const { body } = await ask(query, { options: { $top: 3, ...(token === undefined ? {} : { $skipToken: token }) } });
    expect(body.resultTruncated).toBe('false');
    expect(body.count).toBe(arrayOf(body.data).length);
    seen.push(...arrayOf(body.data));
    token = body.$skipToken;
  } while (token !== undefined);
  expect(seen).toHaveLength(Number(total));
  for (const unpageable of ['resources | take 5', 'resources | project tags']) {
    const { body } = await ask(unpageable, { options: { $top: 1 } });
    expect(body).toMatchObject({ resultTruncated: 'true', count: 1 });
    expect(body).not.toHaveProperty('$skipToken');
  }
});

test('a caller sees only what it may read, in the subscriptions it names', async () => {
  const count = async (as: Client, rest = {}) =>
    objectOf(arrayOf((await ask('resources | count', rest, as)).body.data)[0]).Count;
  expect(await count(createClient(simulator, stranger))).toBe(0);
  expect(await count(createClient(simulator, reader))).toBe(await count(client));
  expect(await count(client, { subscriptions: [otherSubscriptionId] })).toBe(0);
});

test.each([
  ['an unknown operator', 'resources | mv-expand tags', 'ParserFailure'],
  ['an unknown function', "resources | where parse_json(id) == 'x'", 'UnknownFunction'],
  ['an unknown aggregate', 'resources | summarize stdev(id)', 'UnknownFunction'],
  ['an unknown column', 'resources | project vnetName', 'UnknownColumn'],
  ['an unknown table', 'networkresources | count', 'DisallowedLogicalTableName'],
  ['an unknown join', 'resources | join kind=anti (resources) on id', 'ParserFailure'],
  ['a text that ends too early', "resources | where name == 'x", 'ParserFailure'],
])('%s is an error, never an empty answer', async (_, query, code) => {
  const answer = await ask(query);
  expect(answer).toMatchObject({ status: 400, code: 'BadRequest' });
  expect(arrayOf(objectOf(answer.body.error).details).map((detail) => objectOf(detail).code)).toContain(code);
});

test('queries have a quota of their own', async () => {
  await control(simulator, 'PUT', '/switches', { throttling: 'on' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => ask('resources | count', {}, createClient(simulator, reader))),
  );
  expect(answers[0]?.headers.get('x-ms-user-quota-remaining')).toMatch(/^\d+$/);
  expect(answers[0]?.headers.get('x-ms-user-quota-resets-after')).toMatch(/^00:00:0[1-5]$/);
  const refused = answers.find(({ status }) => status === 429);
  expect(refused).toMatchObject({ code: 'RateLimiting' });
  expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
  await control(simulator, 'PUT', '/switches', { throttling: 'off' });
});
