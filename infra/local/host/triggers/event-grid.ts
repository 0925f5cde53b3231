import { type AppFunction, type InvocationResult, triggerOf } from '../app/protocol.ts';
import type { TypedData } from '../engine/typed-data.ts';
import { type HttpAnswer, type HttpRequest, header, json } from '../http/message.ts';

export type CallWithEvent = (
  fn: AppFunction,
  event: TypedData,
  metadata: Record<string, TypedData>,
) => Promise<InvocationResult>;

/** The endpoint that Event Grid delivers to. Any failing function fails the whole delivery, which is then repeated. */
export async function eventGridAnswer(
  request: HttpRequest,
  functions: readonly AppFunction[],
  call: CallWithEvent,
): Promise<HttpAnswer> {
  const name = request.url.searchParams.get('functionName') ?? '';
  const fn = functions.find(
    (one) => one.name.toLowerCase() === name.toLowerCase() && triggerOf(one).binding.type === 'eventGridTrigger',
  );
  if (!fn)
    return {
      status: 404,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body: `cannot find function: '${name}'`,
    };
  if (request.method === 'OPTIONS')
    return { status: 200, headers: { 'webhook-allowed-origin': 'eventgrid.azure.net' } };

  const events = eventsIn(request);
  switch (header(request, 'aeg-event-type')?.toLowerCase()) {
    case 'subscriptionvalidation': {
      const [first] = events ?? [];
      return first ? json(200, { validationResponse: validationCode(first) }) : { status: 400 };
    }
    case 'notification': {
      if (!events) return { status: 400 };
      const results = await Promise.all(
        events.map((event) => call(fn, { json: JSON.stringify(event) }, metadataOf(event))),
      );
      const failure = results.find((result) => !result.ok);
      return failure && !failure.ok ? json(500, { Message: failure.message }) : { status: 202 };
    }
    case 'unsubscribe':
      return { status: 202 };
    default:
      return { status: 400 };
  }
}

type Event = Record<string, unknown>;

/** The events of the body: an array, or one object. Null when it is something else. */
function eventsIn(request: HttpRequest): Event[] | null {
  try {
    const body: unknown = JSON.parse(request.body.toString('utf8'));
    const list: unknown[] = Array.isArray(body) ? body : [body];
    return list.every(isEvent) ? list : null;
  } catch {
    return null;
  }
}

function isEvent(value: unknown): value is Event {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function validationCode({ data }: Event): unknown {
  return isEvent(data) ? data.validationCode : undefined;
}

function metadataOf(event: Event): Record<string, TypedData> {
  return event.data === undefined ? {} : { data: { json: JSON.stringify(event.data) } };
}
