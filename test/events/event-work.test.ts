import { describe, expect, test } from 'vitest';
import { workOfEvent } from '../../shared/events/event-work.ts';
import {
  flowLogId,
  identityId,
  networkId,
  otherSubscriptionId,
  storageId,
  subscriptionId,
  watcherId,
} from '../decide/support/samples.ts';

const correlationId = 'c-1';
const known = [{ identityId: identityId('id-west'), storageAccountId: storageId('stlogswest') }];
const work = (operation: string, resourceId: string) =>
  workOfEvent({ subscriptionId, operation: operation.toLowerCase(), resourceId, correlationId, actorId: null }, known);

const subscriptionLane = { kind: 'subscription', subscriptionId };
const destinationLane = { kind: 'destination', account: 'stlogswest' };
const assignmentOn = (scope: string) =>
  `${scope}/providers/Microsoft.Authorization/roleAssignments/aaaaaaaa-1111-4111-8111-111111111111`;

describe('an operation becomes one row of one lane', () => {
  test.each([
    {
      operation: 'Microsoft.Network/virtualNetworks/write',
      resourceId: networkId,
      lane: subscriptionLane,
      request: { target: { kind: 'network', id: networkId }, reason: 'event', correlationId },
    },
    {
      operation: 'Microsoft.Network/virtualNetworks/delete',
      resourceId: networkId,
      lane: subscriptionLane,
      request: { target: { kind: 'network', id: networkId }, reason: 'event', correlationId, unpark: true },
    },
    {
      operation: 'Microsoft.Network/networkWatchers/flowLogs/write',
      resourceId: flowLogId,
      lane: subscriptionLane,
      request: { target: { kind: 'flowLog', id: flowLogId }, reason: 'tamper', correlationId },
    },
    {
      operation: 'Microsoft.Network/networkWatchers/flowLogs/delete',
      resourceId: flowLogId,
      lane: subscriptionLane,
      request: { target: { kind: 'flowLog', id: flowLogId }, reason: 'tamper', correlationId },
    },
    {
      operation: 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action',
      resourceId: `/subscriptions/${subscriptionId}/resourceGroups/rg-app`,
      lane: subscriptionLane,
      request: {
        target: { kind: 'subscription', id: `/subscriptions/${subscriptionId}` },
        reason: 'event',
        correlationId,
      },
    },
    {
      operation: 'Microsoft.Authorization/roleAssignments/delete',
      resourceId: assignmentOn(storageId('stlogswest')),
      lane: destinationLane,
      request: { target: { kind: 'destination', id: storageId('stlogswest') }, reason: 'tamper', correlationId },
    },
    {
      operation: 'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
      resourceId: identityId('ID-WEST'),
      lane: destinationLane,
      request: { target: { kind: 'destination', id: storageId('stlogswest') }, reason: 'tamper', correlationId },
    },
  ])('$operation', ({ operation, resourceId, lane, request }) => {
    expect(work(operation, resourceId)).toEqual({ lane, request });
  });
});

test('a storage account spelt in another case is in the same lane', () => {
  const resourceId = assignmentOn(storageId('STLOGSWEST')).replace(
    'Microsoft.Authorization',
    'microsoft.authorization',
  );
  expect(work('Microsoft.Authorization/roleAssignments/delete', resourceId)?.lane).toEqual(destinationLane);
});

describe('nothing is asked for by', () => {
  test.each([
    {
      what: 'a write of a subnet',
      operation: 'Microsoft.Network/virtualNetworks/subnets/write',
      resourceId: `${networkId}/subnets/a`,
    },
    {
      what: 'a subnet told as a network',
      operation: 'Microsoft.Network/virtualNetworks/write',
      resourceId: `${networkId}/subnets/a`,
    },
    {
      what: 'a watcher told as a flow log',
      operation: 'Microsoft.Network/networkWatchers/flowLogs/write',
      resourceId: watcherId,
    },
    {
      what: 'a role assignment that was made',
      operation: 'Microsoft.Authorization/roleAssignments/write',
      resourceId: assignmentOn(storageId('stlogswest')),
    },
    {
      what: 'a role assignment on another account',
      operation: 'Microsoft.Authorization/roleAssignments/delete',
      resourceId: assignmentOn(storageId('stother')),
    },
    {
      what: 'a role assignment on a subscription',
      operation: 'Microsoft.Authorization/roleAssignments/delete',
      resourceId: assignmentOn(`/subscriptions/${otherSubscriptionId}`),
    },
    {
      what: 'an identity that is not bound',
      operation: 'Microsoft.ManagedIdentity/userAssignedIdentities/delete',
      resourceId: identityId('id-other'),
    },
    {
      what: 'a storage account',
      operation: 'Microsoft.Storage/storageAccounts/write',
      resourceId: storageId('stlogswest'),
    },
  ])('$what', ({ operation, resourceId }) => {
    expect(work(operation, resourceId)).toBeNull();
  });
});
