import type { AppProcess } from '../app/app-process.ts';
import type { Calls } from '../app/calls.ts';
import { triggerOf } from '../app/protocol.ts';
import { type HttpAnswer, type HttpRequest, header, json, notFound } from './message.ts';

/**
 * `/admin`: whether the host lives, its state, and running a function by hand (`POST /admin/functions/{name}`: a timer
 * is given its schedule, all others get the body).
 */
export async function adminAnswer(
  services: { app: () => AppProcess; calls: Calls },
  request: HttpRequest,
  [area, name = '']: string[],
): Promise<HttpAnswer> {
  if (area === 'host' && name === 'ping') return { status: 200 };
  if (area === 'host' && name === 'status') return hostStatus(services.app());
  if (area !== 'functions' || request.method !== 'POST') return notFound;
  const functions = services.app().functions();
  const fn = functions.find((one) => one.name.toLowerCase() === name.toLowerCase());
  if (!fn) return notFound;
  if (!/^application\/json\b/i.test(header(request, 'content-type') ?? '')) return { status: 415 };
  const data = triggerOf(fn).binding.type === 'timerTrigger' ? BY_HAND : request.body.toString('utf8');
  void services.calls.callPatiently(fn, { string: data });
  return { status: 202 };
}

const BY_HAND = JSON.stringify({ Schedule: { AdjustForDST: true }, ScheduleStatus: null, IsPastDue: false });

function hostStatus(app: AppProcess): HttpAnswer {
  return json(200, {
    id: 'embedded',
    state: app.isReady() ? 'Running' : 'Initializing',
    version: '4.0.0-embedded',
    processUptime: Math.round(process.uptime() * 1000),
  });
}
