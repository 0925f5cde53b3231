import { describe, expect, test } from 'vitest';
import { readResourceEvent } from '../../shared/events/resource-event.ts';
import { networkId, principalId, subscriptionId } from '../decide/support/samples.ts';

const data = {
  authorization: {
    scope: networkId,
    action: 'Microsoft.Network/virtualNetworks/write',
    evidence: { role: 'Contributor', principalId, principalType: 'ServicePrincipal' },
  },
  claims: { name: 'Ada Lovelace', ipaddr: '192.0.2.7', uti: 'a-secret' },
  correlationId: '66666666-6666-4666-8666-666666666666',
  httpRequest: { clientIpAddress: '192.0.2.7' },
  operationName: 'Microsoft.Network/virtualNetworks/write',
  resourceProvider: 'Microsoft.Network',
  resourceUri: networkId,
  status: 'Succeeded',
  subscriptionId,
  tenantId: '77777777-7777-4777-8777-777777777777',
};
const id = '88888888-8888-4888-8888-888888888888';
const eventGrid = (changes: object = {}, envelope: object = {}) => ({
  id,
  topic: `/subscriptions/${subscriptionId}`,
  subject: networkId,
  eventType: 'Microsoft.Resources.ResourceWriteSuccess',
  eventTime: '2026-11-23T09:00:00Z',
  dataVersion: '2',
  metadataVersion: '1',
  data: { ...data, ...changes },
  ...envelope,
});
const cloudEvent = {
  id,
  source: `/subscriptions/${subscriptionId}`,
  subject: networkId,
  type: 'Microsoft.Resources.ResourceWriteSuccess',
  time: '2026-11-23T09:00:00Z',
  specversion: '1.0',
  data,
};

function eventOf(body: unknown) {
  const read = readResourceEvent(body);
  if (read.kind !== 'event') throw new Error(`${read.kind}: ${read.why}`);
  return read.event;
}

const expected = {
  subscriptionId,
  operation: 'microsoft.network/virtualnetworks/write',
  resourceId: networkId,
  correlationId: data.correlationId,
  actorId: principalId,
};

test.each([
  { schema: "Event Grid's own schema", body: eventGrid() },
  { schema: 'CloudEvents 1.0', body: cloudEvent },
])('$schema gives the resource, the operation, the correlation and the actor, and nothing else', ({ body }) => {
  expect(eventOf(body)).toEqual(expected);
});

test('claims and addresses are not kept', () => {
  const kept = JSON.stringify(readResourceEvent(eventGrid()));
  for (const secret of ['Ada Lovelace', '192.0.2.7', 'a-secret', 'Contributor', 'tenantId'])
    expect(kept).not.toContain(secret);
});

test('the subscription is read in lower case, the resource id as it came', () => {
  const upper = 'ABCDEFAB-1111-4111-8111-111111111111';
  const resourceUri = `/subscriptions/${upper}/resourcegroups/RG/providers/Microsoft.Network/virtualNetworks/V`;
  expect(eventOf(eventGrid({ subscriptionId: upper, resourceUri }))).toMatchObject({
    subscriptionId: upper.toLowerCase(),
    resourceId: resourceUri,
  });
});

test.each([
  { what: 'no authorization', authorization: undefined },
  { what: 'an authorization without evidence', authorization: { scope: networkId } },
  { what: 'evidence that names only the role', authorization: { evidence: { role: 'Owner' } } },
  { what: 'an authorization of another shape', authorization: 'scope and action' },
  { what: 'no evidence at all', authorization: { evidence: null } },
])('$what leaves the actor open, and the event counts', ({ authorization }) => {
  expect(eventOf(eventGrid({ authorization }))).toEqual({ ...expected, actorId: null });
});

test("without a correlation id the event's own id is taken", () => {
  expect(eventOf(eventGrid({ correlationId: undefined })).correlationId).toBe(id);
});

describe('is ignored', () => {
  test.each([
    'Microsoft.Resources.ResourceWriteFailure',
    'Microsoft.Resources.ResourceWriteCancel',
    'Microsoft.Resources.ResourceDeleteFailure',
    'Microsoft.Resources.ResourceActionCancel',
    'Microsoft.Storage.BlobCreated',
    'xMicrosoft.Resources.ResourceWriteSuccess',
    'Microsoft.Resources.ResourceWriteSuccess.v2',
  ])('%s', (eventType) => {
    expect(readResourceEvent(eventGrid({}, { eventType }))).toEqual({ kind: 'ignored', why: `type ${eventType}` });
  });

  test('a failure in CloudEvents', () => {
    expect(readResourceEvent({ ...cloudEvent, type: 'Microsoft.Resources.ResourceWriteFailure' }).kind).toBe('ignored');
  });
});

describe('is malformed, and says where', () => {
  test.each([
    { what: 'a text', body: 'event', why: /not an event/ },
    { what: 'a batch', body: [eventGrid()], why: /not an event/ },
    { what: 'an event without type', body: { id, data }, why: /not an event/ },
    { what: 'a CloudEvent of another version', body: { ...cloudEvent, specversion: '0.3' }, why: /not an event/ },
    { what: 'no data', body: eventGrid({}, { data: undefined }), why: /./ },
    { what: 'no operation', body: eventGrid({ operationName: '' }), why: /^operationName: / },
    { what: 'no resource', body: eventGrid({ resourceUri: undefined }), why: /^resourceUri: / },
    { what: 'a resource of the tenant', body: eventGrid({ resourceUri: '/providers/x/y' }), why: /^resourceUri: / },
    { what: 'a subscription that is no GUID', body: eventGrid({ subscriptionId: 'prod' }), why: /^subscriptionId: / },
    {
      what: 'a resource of another subscription',
      body: eventGrid({ subscriptionId: '99999999-9999-4999-8999-999999999999' }),
      why: /^resourceUri: /,
    },
  ])('$what', ({ body, why }) => {
    expect(readResourceEvent(body)).toEqual({ kind: 'malformed', why: expect.stringMatching(why) });
  });
});
