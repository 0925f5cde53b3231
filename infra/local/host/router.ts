import type { AppProcess } from './app/app-process.ts';
import type { Calls } from './app/calls.ts';
import { triggerOf } from './app/protocol.ts';
import { type HttpAnswer, type HttpRequest, header, json, notFound } from './http/message.ts';
import { type HostKeys, showsKey } from './keys.ts';
import { type ManagementServices, managementAnswer } from './management/api.ts';
import { eventGridAnswer } from './triggers/event-grid.ts';
import { findHttpFunction, type HttpFunction, requestData, responseOf } from './triggers/http.ts';

export interface RouterServices {
  management: () => ManagementServices;
  app: () => AppProcess;
  calls: Calls;
  /** Settles when the app is loaded, or rejects when that takes too long: nobody is told 404 by a host that is starting. */
  whenReady: () => Promise<void>;
  httpFunctions: () => readonly HttpFunction[];
  routePrefix: string;
  keys: HostKeys;
  /** Whether the keys of HTTP functions are asked for; those of webhooks always are. */
  checksFunctionKeys: boolean;
}

/** Everything that the host serves over HTTP. */
export function router(services: RouterServices): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const { segments } = request;
    const [first, second, third] = segments.map((segment) => segment.toLowerCase());
    if (first === 'admin') return adminAnswer(services, request, segments.slice(1));
    if (first === 'runtime' && second === 'webhooks' && third === 'durabletask') {
      if (!showsKey(request, services.keys.durabletask, services.keys.master)) return { status: 401 };
      return managementAnswer(services.management(), request, segments.slice(3));
    }
    if (first === 'runtime' && second === 'webhooks' && third === 'eventgrid') {
      if (!showsKey(request, services.keys.eventgrid, services.keys.master)) return { status: 401 };
      if (!(await isReady(services))) return { status: 503 };
      return eventGridAnswer(request, services.app().functions(), services.calls.callPatiently);
    }
    if (first === 'durabletask') return managementAnswer(services.management(), request, segments.slice(1));
    const path = behindPrefix(segments, services.routePrefix);
    if (request.url.pathname === '/' && services.routePrefix !== '') return homePage;
    if (!path) return notFound;
    return (await isReady(services)) ? functionAnswer(services, request, path) : { status: 503 };
  };
}

/** What a browser shows for the bare address, as the real host's page does. */
const homePage: HttpAnswer = {
  status: 200,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  body: '<!doctype html><title>Functions host</title><p>Your Functions 4.0 app is up and running.</p>',
};

function isReady({ whenReady }: RouterServices): Promise<boolean> {
  return whenReady().then(
    () => true,
    () => false,
  );
}

function behindPrefix(segments: string[], prefix: string): string[] | null {
  const parts = prefix === '' ? [] : prefix.split('/');
  const fits = parts.every((part, at) => segments[at]?.toLowerCase() === part.toLowerCase());
  return fits ? segments.slice(parts.length).map(decodeSegment) : null;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

async function functionAnswer(services: RouterServices, request: HttpRequest, path: string[]): Promise<HttpAnswer> {
  const match = findHttpFunction(
    services.httpFunctions(),
    request.method,
    path.at(-1) === '' ? path.slice(0, -1) : path,
  );
  if (match === undefined) return notFound;
  if (match === null) return { status: 405 };
  const { found, params } = match;
  if (services.checksFunctionKeys && found.authLevel !== 'anonymous') {
    const allowed =
      found.authLevel === 'admin' ? [services.keys.master] : [services.keys.function, services.keys.master];
    if (!showsKey(request, ...allowed)) return { status: 401 };
  }
  return responseOf(found.fn, await services.calls.callPatiently(found.fn, requestData(request, params)));
}

/** The state of the host, and running a function by hand: `POST /admin/functions/{name}`; others than timers get the body. */
async function adminAnswer(
  services: RouterServices,
  request: HttpRequest,
  [area, name]: string[],
): Promise<HttpAnswer> {
  if (area === 'host' && name === 'status') {
    const state = services.app().isReady() ? 'Running' : 'Initializing';
    return json(200, {
      id: 'embedded',
      state,
      version: '4.0.0-embedded',
      processUptime: Math.round(process.uptime() * 1000),
    });
  }
  if (area !== 'functions' || !name || request.method !== 'POST') return notFound;
  if (services.checksFunctionKeys && !showsKey(request, services.keys.master)) return { status: 401 };
  const fn = services
    .app()
    .functions()
    .find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!fn) return notFound;
  if (!/^application\/json\b/i.test(header(request, 'content-type') ?? '')) return { status: 415 };
  const isTimer = triggerOf(fn).binding.type === 'timerTrigger';
  const data = isTimer
    ? JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false })
    : request.body.toString('utf8');
  void services.calls.callPatiently(fn, { string: data });
  return { status: 202 };
}
