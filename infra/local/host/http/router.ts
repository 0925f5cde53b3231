import type { AppProcess } from '../app/app-process.ts';
import type { Calls } from '../app/calls.ts';
import { type ManagementServices, managementAnswer } from '../management/api.ts';
import { eventGridAnswer } from '../triggers/event-grid.ts';
import { findHttpFunction, type HttpFunction, requestData, responseOf } from '../triggers/http.ts';
import { adminAnswer } from './admin.ts';
import { type HostKeys, showsKey } from './keys.ts';
import { type HttpAnswer, type HttpRequest, notFound } from './message.ts';

export interface RouterServices {
  management: () => ManagementServices;
  app: () => AppProcess;
  calls: Calls;
  /** Settles when the app is loaded, or rejects when that takes too long: nobody is told 404 by a host that is starting. */
  whenReady: () => Promise<void>;
  httpFunctions: () => readonly HttpFunction[];
  routePrefix: string;
  keys: HostKeys;
  /** Whether keys are asked for: as on Azure, and not at all as Core Tools do on a developer's machine. */
  asksForKeys: boolean;
}

/** Everything that the host serves over HTTP. */
export function router(services: RouterServices): (request: HttpRequest) => Promise<HttpAnswer> {
  return async (request) => {
    const { segments } = request;
    const [first, second, third] = segments.map((segment) => segment.toLowerCase());
    const may = (...keys: string[]) => !services.asksForKeys || showsKey(request, services.keys.master, ...keys);
    if (first === 'admin') {
      const isOpen = second === 'host' && third === 'ping';
      return isOpen || may() ? adminAnswer(services, request, segments.slice(1)) : unauthorized;
    }
    if (first === 'runtime' && second === 'webhooks' && third === 'durabletask') {
      if (!may(services.keys.durabletask)) return unauthorized;
      return managementAnswer(services.management(), request, segments.slice(3));
    }
    if (first === 'runtime' && second === 'webhooks' && third === 'eventgrid') {
      if (!may(services.keys.eventgrid)) return unauthorized;
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

const unauthorized: HttpAnswer = { status: 401 };

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
  if (services.asksForKeys && found.authLevel !== 'anonymous') {
    const { master, function: own } = services.keys;
    if (!showsKey(request, master, ...(found.authLevel === 'admin' ? [] : [own]))) return unauthorized;
  }
  return responseOf(found.fn, await services.calls.callPatiently(found.fn, requestData(request, params)));
}
