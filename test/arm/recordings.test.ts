import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { isObject, type Json } from '../../infra/local/arm/core/json.ts';
import { owner, roles, tenantId } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

const exchangeSchema = z.object({
  source: z.string(),
  method: z.string(),
  path: z.string(),
  requestBody: z.json(),
  status: z.number(),
  headers: z.array(z.string()),
  responseBody: z.json(),
});
type Exchange = z.infer<typeof exchangeSchema>;

const file = new URL('./fixtures/recordings/flow-logs.json', import.meta.url);
const exchanges = z.array(exchangeSchema).parse(JSON.parse(readFileSync(file, 'utf8')));
const sources = Map.groupBy(exchanges, ({ source }) => source);
const subscriptionId = '00000000-0000-0000-0000-000000000001';

/** What was there before the recording began: everything it refers to and does not make itself. */
function estateOf(recorded: readonly Exchange[]) {
  const text = JSON.stringify(recorded);
  const location = /"location":"([a-z0-9]+)"/.exec(text)?.[1] ?? '';
  const found = (pattern: RegExp) => [
    ...new Map([...text.matchAll(pattern)].map(([id]) => [id.toLowerCase(), id])).values(),
  ];
  const made = recorded
    .filter(({ method, status }) => method === 'PUT' && status === 201)
    .map(({ path }) => path.split('?')[0]);
  const scope = `/subscriptions/${subscriptionId}`;
  const roleDefinitionId = `${scope}/providers/Microsoft.Authorization/roleDefinitions/${roles.owner}`;
  const ids = [
    ...found(/\/subscriptions\/[0-9-]+\/resourcegroups\/\w+/gi),
    ...found(
      /\/subscriptions\/[0-9-]+\/resourcegroups\/\w+\/providers\/Microsoft\.\w+\/(?:storageAccounts|userAssignedIdentities|networkWatchers|virtualNetworks)\/\w+/gi,
    ),
  ].filter((id) => !made.includes(id));
  const assignment = {
    id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${owner.principalId}`,
    properties: { roleDefinitionId, principalId: owner.principalId },
  };
  return {
    tenantId,
    principals: [owner],
    subscriptions: [{ subscriptionId, displayName: 'recorded' }],
    resources: [...ids.map((id) => ({ id, location })), assignment],
  };
}

const guid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{11,12}/gi;
const normalised = (body: Json | undefined) => JSON.parse(JSON.stringify(body ?? null).replace(guid, 'guid')) as Json;
// Headers that steer a client; the others (dates, routing, rate limits of older times) vary.
const steering = ['location', 'retry-after', 'azure-asyncoperation', 'azure-asyncnotification'];
const steeringOf = (names: readonly string[]) =>
  names
    .map((name) => name.toLowerCase())
    .filter((name) => steering.includes(name))
    .sort();
// The recording of the network's PUT was not read to the end of its body, where its location was.
const wholeBody = ({ path, requestBody }: Exchange): Json | undefined =>
  path.includes('/virtualNetworks/') && isObject(requestBody)
    ? { location: 'centraluseuap', ...requestBody }
    : (requestBody ?? undefined);
const isPoll = ({ path }: Exchange) => /\/operation(s|results)\//i.test(path);
const rateLimit = /^x-ms-ratelimit-remaining-subscription-(reads|writes|deletes)$/;

describe.each([...sources])('%s', (_, recorded) => {
  const simulator = startInProcess(estateOf(recorded));
  const polls = new Map<string, string>();

  test.each(
    recorded.map((exchange, index) => ({
      title: `${index}: ${exchange.method} ${exchange.path.split('/').slice(-2).join('/')} is ${exchange.status}`,
      exchange,
    })),
  )('$title', ({ exchange }) => {
    if (exchange.method === 'GET' && exchange.status !== 202) simulator.pass(180);
    const kind = /operation(s|results)/i.exec(exchange.path)?.[0].toLowerCase() ?? '';
    const path = isPoll(exchange) ? (polls.get(kind) ?? '') : exchange.path;
    const answer = simulator.send(exchange.method, path, wholeBody(exchange));
    expect(answer.status).toBe(exchange.status);
    expect(normalised(answer.body)).toEqual(normalised(exchange.responseBody));
    for (const [name, value] of Object.entries(answer.headers)) {
      if (name === 'Location' || name === 'Azure-AsyncOperation')
        polls.set(/operation(s|results)/i.exec(value)?.[0].toLowerCase() ?? '', value);
    }
    const ours = Object.keys(answer.headers);
    // Of the network's PUT the recording was not read to the end of its headers.
    if (!exchange.path.includes('/virtualNetworks/')) expect(steeringOf(ours)).toEqual(steeringOf(exchange.headers));
    for (const name of exchange.headers.filter((header) => rateLimit.test(header))) expect(ours).toContain(name);
    const isGatewayError = exchange.status === 404;
    expect(ours.includes('x-ms-failure-cause')).toBe(isGatewayError);
  });
});
