import type { Exchange, Final } from './recording.ts';

// Drives a host through its management API, as the recorded host was driven.

export interface Call {
  body?: unknown;
  raw?: string;
  type?: string;
  headers?: Record<string, string>;
  keep?: boolean;
  label?: string;
  query?: string;
}

export interface Body {
  runtimeStatus: string;
  name: string;
  input: unknown;
  output: unknown;
  customStatus: unknown;
  historyEvents?: { EventType: string; [field: string]: unknown }[];
}

export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/** The host that is driven. */
export interface Target {
  url: string;
  /** The key of the management API. */
  key: string;
  /** The folder of the app. */
  app: string;
}

const KEPT = ['content-type', 'location', 'retry-after', 'x-ms-continuation-token'];
export const ENDED = ['Completed', 'Failed', 'Terminated', 'Canceled'];
export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** One scenario being played: what it did over HTTP, and how its instances ended. */
export class Play {
  readonly http: Exchange[] = [];
  readonly final: Record<string, Final> = {};
  /** What the extension has asked of others on behalf of orchestrations. */
  readonly requestsOfTheExtension: unknown[] = [];
  readonly name: string;
  readonly target: Target;

  constructor(name: string, target: Target) {
    this.name = name;
    this.target = target;
  }

  id(suffix = ''): string {
    return `${this.name}-r1${suffix}`;
  }

  async call(method: string, path: string, options: Call = {}): Promise<Answer> {
    const { body, raw, type = 'application/json', headers = {}, keep = true, label } = options;
    const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
    const response = await fetch(
      path.startsWith('http') ? path : `${this.target.url}/runtime/webhooks/durabletask${path}`,
      {
        method,
        body: text ?? null,
        headers: {
          ...(text === undefined ? {} : { 'content-type': type }),
          'x-functions-key': this.target.key,
          ...headers,
        },
        redirect: 'manual',
      },
    );
    const answer: Answer = {
      status: response.status,
      headers: Object.fromEntries(
        KEPT.flatMap((name) => (response.headers.has(name) ? [[name, response.headers.get(name) ?? '']] : [])),
      ),
      body: parsed(await response.text()),
    };
    if (keep) this.http.push({ ...(label && { label }), request: { method, path }, response: answer });
    return answer;
  }

  start(fn: string, id: string, options: Call = {}): Promise<Answer> {
    return this.call('POST', `/orchestrators/${fn}/${encodeURIComponent(id)}${options.query ?? ''}`, options);
  }
  event(id: string, name: string, body?: unknown, options: Call = {}): Promise<Answer> {
    return this.call('POST', `/instances/${encodeURIComponent(id)}/raiseEvent/${encodeURIComponent(name)}`, {
      ...(body !== undefined && { body }),
      ...options,
    });
  }
  order(id: string, what: string, options: Call = {}): Promise<Answer> {
    return this.call('POST', `/instances/${encodeURIComponent(id)}/${what}`, options);
  }
  status(id: string, query = '', options: Call = {}): Promise<Answer> {
    return this.call('GET', `/instances/${encodeURIComponent(id)}${query}`, options);
  }

  /** Asks until the instance looks as wanted; after `seconds` it goes on all the same, and the comparison tells. */
  async until(id: string, wanted: (body: Body) => unknown, seconds = 90, query = ''): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      const { body } = await this.status(id, query, { keep: false });
      if (isBody(body) && wanted(body)) return;
      if (Date.now() > end) return;
      await pause(40);
    }
  }
  done(id: string, seconds?: number): Promise<void> {
    return this.until(id, (body) => ENDED.includes(body.runtimeStatus), seconds);
  }
  running(id: string): Promise<void> {
    return this.until(id, (body) => body.runtimeStatus === 'Running');
  }
  /** Until the history shows so many events of a kind. */
  async seen(id: string, kind: string, count = 1): Promise<void> {
    await this.until(
      id,
      ({ historyEvents }) => historyEvents?.filter(({ EventType }) => EventType === kind).length === count,
      20,
      '?showHistory=true',
    );
  }

  async keep(...ids: string[]): Promise<void> {
    for (const id of ids) {
      const whole = await this.status(id, '?showHistory=true&showHistoryOutput=true', { keep: false });
      if ([200, 202].includes(whole.status)) this.final[id] = whole;
      else this.final[id] = { ...(await this.status(id, '', { keep: false })), withHistory: whole };
    }
  }

  /** Start, wait for the end, keep the end: the usual case. */
  async whole(fn: string, body?: unknown, seconds?: number): Promise<void> {
    const id = this.id();
    await this.start(fn, id, body === undefined ? {} : { body });
    await this.done(id, seconds);
    await this.keep(id);
  }

  /** Start, look for a while, keep what there is, terminate: for what never ends. */
  async watched(fn: string, seconds: number): Promise<void> {
    const id = this.id();
    await this.start(fn, id);
    await this.done(id, seconds);
    await this.keep(id);
    await this.order(id, 'terminate?reason=watched%20long%20enough', { keep: false });
    await this.done(id);
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return text;
  }
}

function isBody(body: unknown): body is Body {
  return typeof body === 'object' && body !== null && 'runtimeStatus' in body;
}
