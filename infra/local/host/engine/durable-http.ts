import { z } from 'zod';
import { createTimer, type ReplayContext, scheduleTask } from './context.ts';
import { jsonText } from './dotnet-text.ts';
import { fromMs } from './instant.ts';
import { openTask, type Task } from './task.ts';

/** The activity of the extension itself that sends requests: no app can register one of this name. */
export const HTTP_ACTIVITY = 'BuiltIn::HttpActivity';

/** Where the answer 202 names no time after which to ask again; payloads tell it to the SDK, which reckons the same. */
export const POLL_AFTER_MS = 30_000;

export const durableHttpRequest = z.looseObject({
  method: z.string(),
  uri: z.string(),
  content: z.string().nullish(),
  headers: z.record(z.string(), z.string()).nullish(),
  tokenSource: z.unknown().optional(),
  /** Whether an answer 202 with a Location is followed until there is another one. */
  asynchronousPatternEnabled: z.boolean().optional(),
});
export type DurableHttpRequest = z.infer<typeof durableHttpRequest>;

const durableHttpResponse = z.looseObject({
  statusCode: z.int(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

/** Sends a request, and follows an answer 202 with timers between, as the extension does for callHttp. */
export function callHttp(context: ReplayContext, request: DurableHttpRequest): Task {
  const first = scheduleTask(context, HTTP_ACTIVITY, jsonText(request));
  if (request.asynchronousPatternEnabled === false) return first;
  const whole = openTask();
  const follow = (asked: DurableHttpRequest, call: Task): void =>
    call.whenSettled(() => {
      const poll = call.state === 'done' ? pollAfter(asked, call.result) : null;
      if (!poll) return whole.settle(call.state === 'done' ? 'done' : 'failed');
      createTimer(context, context.now + fromMs(poll.delayMs)).task.whenSettled(() =>
        follow(poll.request, scheduleTask(context, HTTP_ACTIVITY, jsonText(poll.request))),
      );
    });
  follow(request, first);
  return whole;
}

/** The request that asks again, and when, if the answer says that the work is not over; null when it is. */
function pollAfter(
  asked: DurableHttpRequest,
  answer: string | null,
): { request: DurableHttpRequest; delayMs: number } | null {
  const answered = durableHttpResponse.safeParse(JSON.parse(answer ?? 'null'));
  if (!answered.success || answered.data.statusCode !== 202) return null;
  const { headers } = answered.data;
  const find = (wanted: string) =>
    Object.entries(headers)
      .find(([name]) => name.toLowerCase() === wanted)?.[1]
      ?.toString();
  const location = find('location');
  if (location === undefined || !URL.canParse(location, asked.uri)) return null;
  const seconds = Number(find('retry-after') ?? Number.NaN);
  const { content: _content, headers: sent, ...rest } = asked;
  const uri = new URL(location, asked.uri);
  const samePlace = uri.origin === new URL(asked.uri).origin;
  return {
    request: { ...rest, method: 'GET', uri: uri.href, headers: samePlace ? sent : withoutCredentials(sent ?? {}) },
    delayMs: Number.isNaN(seconds) ? POLL_AFTER_MS : seconds * 1000,
  };
}

const CREDENTIALS = ['authorization', 'cookie', 'x-functions-key'];

/** What may be sent on to another place than the one that was asked; newer versions of the extension leave these out. */
function withoutCredentials(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !CREDENTIALS.includes(name.toLowerCase())));
}
