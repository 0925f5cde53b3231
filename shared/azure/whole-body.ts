import { AsyncLocalStorage } from 'node:async_hooks';
import type { PipelinePolicy } from '@azure/core-rest-pipeline';

const sending = new AsyncLocalStorage<unknown>();

/**
 * Sends `body` with the PUT of one SDK call, in place of what the SDK makes of its model: that has only the fields of its
 * own api-version, and a PUT takes away what it leaves out (checked with arm-network 39).
 */
export function withWholeBody<T>(body: unknown, send: () => T): T {
  return sending.run(body, send);
}

export const wholeBody: PipelinePolicy = {
  name: 'flowkeeperWholeBody',
  sendRequest(request, next) {
    const body = sending.getStore();
    if (body !== undefined && request.method === 'PUT') request.body = JSON.stringify(body);
    return next(request);
  },
};
