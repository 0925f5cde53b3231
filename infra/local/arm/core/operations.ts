import { ArmError } from './arm-error.ts';
import { authorize } from './authorize.ts';
import { failWrite, finishWrite, removeResource } from './changes.ts';
import type { ArmRequest, ArmResponse, ErrorBody } from './exchange.ts';
import { writeFollowUp } from './follow-up.ts';
import { moveResources } from './move.ts';
import type { Operation } from './operation.ts';
import { parseResourceId, type ResourceId, subscriptionPath } from './resource-id.ts';
import { writable } from './target.ts';
import { typeNamed, type World } from './world.ts';

const keptAfterEndMilliseconds = 3_600_000;
const mostEndedOperations = 10_000;
// Real poll URLs carry some 2.5 KB of signature; a caller that cuts or stores them too small fails here as well.
const signature = `&t=639000000000000000&c=${'MIIHpTCCBo2gAwIBAgITfwU3vQZ2'.repeat(85)}&s=${'sgn0'.repeat(60)}&h=7hLq`;

/** Ends every operation that is due, in the order in which they end. Called before each request and by a timer. */
export function endDueOperations(world: World): void {
  const now = world.clock.now();
  const due = [...world.store.running.values()].filter(
    (operation) => (operation.dueAt ?? Number.POSITIVE_INFINITY) <= now,
  );
  for (const operation of due.sort((one, other) => (one.dueAt ?? 0) - (other.dueAt ?? 0)))
    endOperation(world, operation);
  forgetEnded(world, now);
}

/** When the next operation ends by itself; `null` when none is running. */
export function nextDueAt(world: World): number | null {
  const times = [...world.store.running.values()].flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  return times.length === 0 ? null : Math.min(...times);
}

/** Ends one operation: with an error when one is given or was scripted, else as its resource type completes it. */
export function endOperation(world: World, operation: Operation, error = operation.failure): void {
  if (error !== undefined) leaveFailed(world, operation);
  const failed = error ?? effectOf(world, operation);
  const status = failed === undefined ? 'Succeeded' : 'Failed';
  const now = world.clock.now();
  world.store.putOperation({ ...operation, status, error: failed, endedAt: Math.min(operation.dueAt ?? now, now) });
}

/** Ends an operation that a newer write of the same resource replaces, in Azure's words. */
export function supersede(world: World, operation: Operation, by: string): void {
  const error = {
    code: 'CanceledAndSupersededDueToAnotherOperation',
    message: `Operation PutOperation (${operation.id}) was canceled and superseded by operation PutOperation (${by}).`,
    details: [],
  };
  world.store.putOperation({ ...operation, status: 'Canceled', error, endedAt: world.clock.now() });
}

/** The headers with which an answer tells where its operation can be watched, as recorded. */
export function operationHeaders(
  world: World,
  operation: Operation,
  apiVersion: string,
): { readonly [name: string]: string } {
  const type = parseResourceId(operation.resourceId)?.type ?? '';
  const url = (kind: string) => `${operationPath(world, type, operation, kind)}?api-version=${apiVersion}${signature}`;
  const retryAfter = { 'Retry-After': String(world.times.retryAfterSeconds) };
  if (typeNamed(world, type)?.polling === 'location') return { Location: url('operationresults'), ...retryAfter };
  const location = operation.kind === 'delete' ? { Location: url('operationResults') } : undefined;
  return {
    ...location,
    ...retryAfter,
    'Azure-AsyncOperation': url('operations'),
    'Azure-AsyncNotification': 'Enabled',
  };
}

/** Answers a poll: `operations` tells the status, `operationResults` and `operationresults` stay 202 until the end. */
export function pollOperation(world: World, request: ArmRequest, poll: ResourceId): ArmResponse {
  const action = poll.type.split('/').slice(0, 3).join('/');
  authorize(world, request.caller, `${action}/read`, subscriptionPath(poll.subscriptionId ?? ''));
  const operation = world.store.operations.get(poll.name.toLowerCase());
  if (operation === undefined || operation.kind === 'followUp') throw unknownOperation(poll.name);
  const apiVersion = request.query.get('api-version') ?? '';
  const running = operation.status === 'InProgress';
  const retryAfter = running ? { 'Retry-After': String(world.times.retryAfterSeconds) } : undefined;
  if (poll.type.toLowerCase().endsWith('/operations')) {
    const error = operation.error === undefined ? undefined : { error: operation.error };
    return { status: 200, headers: { ...retryAfter }, body: { status: operation.status, ...error } };
  }
  if (operation.error !== undefined) throw new ArmError(409, operation.error);
  const headers = operationHeaders(world, operation, apiVersion);
  const plain = poll.type === operationResultsType;
  if (running) return { status: 202, headers };
  return { status: plain ? 200 : 204, headers: plain ? {} : withoutRetryAfter(headers) };
}

export const operationResultsType = 'Microsoft.Resources/subscriptions/operationresults';

function effectOf(world: World, operation: Operation): ErrorBody | undefined {
  const id = parseResourceId(operation.resourceId);
  const type = typeNamed(world, id?.type ?? '');
  if (id === undefined || type === undefined) return undefined;
  if (operation.kind === 'followUp') return writeFollowUp(world, type, operation);
  const resource = writable(world, type, id);
  if (resource === undefined) return undefined;
  if (operation.kind === 'move') return moveResources(world, operation);
  if (operation.kind === 'put') return finishWrite(world, type, resource.body, operation.origin);
  removeResource(world, resource, operation.origin);
  return undefined;
}

function leaveFailed(world: World, operation: Operation): void {
  const id = parseResourceId(operation.resourceId);
  const type = typeNamed(world, id?.type ?? '');
  if (id === undefined || type === undefined || operation.kind === 'followUp' || operation.kind === 'move') return;
  const resource = writable(world, type, id);
  if (resource !== undefined) failWrite(world, type, resource.body, operation.origin);
}

// Operations are kept in the order of their start, so the first young one ends the search.
function forgetEnded(world: World, now: number): void {
  const { operations, running } = world.store;
  let tooMany = operations.size - running.size - mostEndedOperations;
  for (const { id, endedAt } of operations.values()) {
    if (endedAt === undefined) continue;
    if (tooMany <= 0 && endedAt + keptAfterEndMilliseconds > now) return;
    world.store.removeOperation(id);
    tooMany -= 1;
  }
}

function operationPath(world: World, type: string, operation: Operation, kind: string): string {
  const subscription = `${world.endpoint}${subscriptionPath(operation.subscriptionId)}`;
  if (kind === 'operationresults') return `${subscription}/operationresults/${operation.id}`;
  return `${subscription}/providers/${type.split('/')[0]}/locations/${operation.location}/${kind}/${operation.id}`;
}

function withoutRetryAfter(headers: { readonly [name: string]: string }): { readonly [name: string]: string } {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'Retry-After'));
}

function unknownOperation(id: string): ArmError {
  return new ArmError(404, { code: 'OperationNotFound', message: `The operation '${id}' was not found.` });
}
