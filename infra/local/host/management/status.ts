import { DuplicateDecision, historyView, outputValue } from '../durable/history-view.ts';
import type { Instance } from '../durable/instances.ts';
import type { Store } from '../durable/store.ts';
import { isEnded } from '../engine/status.ts';
import { type HttpAnswer, type HttpRequest, json } from '../http/message.ts';
import { invalidArgument } from './errors.ts';

/** `GET instances/{id}`: 202 while it lives, 200 at its end, 500 for a failed one if that is asked for. */
export function statusAnswer(store: Store, instance: Instance, request: HttpRequest): HttpAnswer {
  const query = request.url.searchParams;
  const flag = (name: string, otherwise = false) => (query.get(name)?.toLowerCase() ?? String(otherwise)) === 'true';
  const showInput = flag('showInput', true);
  const body = statusBody(instance, showInput);
  if (flag('showHistory') && instance.status !== 'Pending') {
    try {
      body.historyEvents = historyView(store.history(instance.instanceId), {
        showInput,
        showOutput: flag('showHistoryOutput'),
      });
    } catch (error) {
      if (error instanceof DuplicateDecision) return invalidArgument(error.message);
      throw error;
    }
  }
  if (!isEnded(instance.status)) return json(202, body, { location: request.url.href, 'retry-after': '5' });
  return json(instance.status === 'Failed' && flag('returnInternalServerErrorOnFailure') ? 500 : 200, body);
}

/** An instance as the API shows it; times are whole seconds. */
export function statusBody(instance: Instance, showInput: boolean): Record<string, unknown> {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: instance.status,
    input: showInput ? outputValue(instance.input) : null,
    customStatus: outputValue(instance.customStatus),
    output: outputValue(instance.output),
    createdTime: wholeSeconds(instance.createdAt),
    lastUpdatedTime: wholeSeconds(instance.updatedAt),
  };
}

function wholeSeconds(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
