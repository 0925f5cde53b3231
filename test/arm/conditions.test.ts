import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { conditionHolds } from '../../infra/local/arm/core/condition.ts';
import { parseCondition } from '../../infra/local/arm/core/condition-parser.ts';

const read = (name: string) => readFileSync(new URL(`../../infra/azure/conditions/${name}`, import.meta.url), 'utf8');
const app = '12121212-0000-4000-8000-000000000001';
const operator = read('destination-operator.txt').replace('<appPrincipalId>', app);
const type = 'Microsoft.Authorization/roleAssignments';
const blobRole = 'BA92F5B4-2d11-453d-a403-e96b0029c9fe';
const attributes = (role: string, principalId: string, principalType?: string) => ({
  [`${type}:RoleDefinitionId`]: role,
  [`${type}:PrincipalId`]: principalId,
  [`${type}:PrincipalType`]: principalType,
});
const other = '12121212-0000-4000-8000-000000000002';

test.each([
  ['the one role to a service principal', attributes(blobRole, other, 'serviceprincipal'), true],
  ['another role', attributes('8e3af657-a8ff-443c-a75c-2fe8c4bcb635', other, 'ServicePrincipal'), false],
  ['a person', attributes(blobRole, other, 'User'), false],
  ['a principal whose type is not told', attributes(blobRole, other), false],
  ['the app itself', attributes(blobRole, app, 'ServicePrincipal'), false],
])('the condition of our destinations, granting to %s: %s', (_, request, expected) => {
  expect(conditionHolds(operator, { action: `${type}/write`, request })).toBe(expected);
});

test('it lets only that role be taken away, and says nothing about other actions', () => {
  expect(conditionHolds(operator, { action: `${type}/delete`, resource: attributes(blobRole, other, 'Unknown') })).toBe(
    true,
  );
  expect(
    conditionHolds(operator, { action: `${type}/delete`, resource: attributes(app, other, 'ServicePrincipal') }),
  ).toBe(false);
  expect(conditionHolds(operator, { action: `${type}/read` })).toBe(true);
});

test('the condition of the proof of delivery lets blobs be listed in one container, and none be read', () => {
  const condition = read('delivery-reader.txt');
  const action = 'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read';
  const resource = (name: string) => ({ 'Microsoft.Storage/storageAccounts/blobServices/containers:name': name });
  const logs = 'insights-logs-flowlogflowevent';
  expect(conditionHolds(condition, { action, subOperation: 'Blob.List', resource: resource(logs) })).toBe(true);
  expect(conditionHolds(condition, { action, subOperation: 'Blob.List', resource: resource('others') })).toBe(false);
  expect(conditionHolds(condition, { action, resource: resource(logs) })).toBe(false);
});

test.each([
  '',
  'ActionMatches',
  "ActionMatches{'x'} AND",
  "(ActionMatches{'x'}",
  "@Principal[x] StringEquals 'y'",
  '@Request[x] NumericEquals {1}',
  "ActionMatches{'x'} ActionMatches{'y'}",
])('what is not understood is never met: %s', (text) => {
  expect(() => parseCondition(text)).toThrow();
  expect(conditionHolds(text, { action: 'x' })).toBe(false);
});
