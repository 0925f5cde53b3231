import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { isoTime } from '../core/clock.ts';
import { shown } from '../core/show.ts';
import { readSwitches } from '../core/switches.ts';
import type { World } from '../core/world.ts';
import type { DeliveryCounts } from '../events/deliver.ts';
import { silenceOf } from '../flow-log-delivery/silence.ts';
import { flowLogType } from '../resource-types/flow-logs.ts';
import { type Faults, faultSchema } from './faults.ts';
import { readText, sendJson } from './http.ts';

/** What the control endpoint steers and shows. */
export type Controls = {
  readonly world: World;
  readonly faults: Faults;
  readonly journal: (since: number) => Iterable<string>;
  readonly deliveryCounts: DeliveryCounts;
  readonly setClock: (setting: ClockSetting) => void;
  readonly keepSwitches: (world: World) => void;
};

const clockSchema = z.strictObject({
  advanceSeconds: z.number().min(0).default(0),
  /** True stops the clock, so that it moves only when it is told to; false lets it run on. */
  frozen: z.boolean().optional(),
});
export type ClockSetting = z.infer<typeof clockSchema>;

/** The simulator's back door for demos, tests and benches: faults, journal, resources, switches, clock, actions, deliveries. */
export function createControlEndpoint(controls: Controls): Server {
  return createServer((request, response) => {
    answer(controls, request, response).catch((error: unknown) => {
      if (error instanceof z.ZodError) sendJson(response, 400, { error: z.prettifyError(error) });
      else if (error instanceof SyntaxError) sendJson(response, 400, { error: 'the body is not JSON' });
      else sendJson(response, 500, { error: String(error) });
    });
  });
}

async function answer(controls: Controls, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { world, faults } = controls;
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, what, id] = url.pathname.split('/');
  switch (`${request.method} /${what}${id === undefined ? '' : '/…'}`) {
    case 'POST /faults':
      return sendJson(response, 201, { id: faults.add(faultSchema.parse(JSON.parse(await readText(request)))).id });
    case 'GET /faults':
      return sendJson(response, 200, faults.list());
    case 'DELETE /faults':
      faults.clear();
      return sendJson(response, 200, []);
    case 'DELETE /faults/…':
      return sendJson(response, faults.remove(id ?? '') ? 200 : 404, {});
    case 'GET /journal':
      response.writeHead(200, { 'Content-Type': 'application/x-ndjson' });
      return void Readable.from(controls.journal(Number(url.searchParams.get('since') ?? 0))).pipe(response);
    case 'GET /resources':
      return sendJson(response, 200, resources(world, url.searchParams.get('type')));
    case 'GET /switches':
      return sendJson(response, 200, world.switches);
    case 'PUT /switches':
      world.switches = { ...world.switches, ...readSwitches(JSON.parse(await readText(request))) };
      controls.keepSwitches(world);
      return sendJson(response, 200, world.switches);
    case 'GET /clock':
      return sendJson(response, 200, { now: isoTime(world.clock.now()) });
    case 'POST /clock':
      controls.setClock(clockSchema.parse(JSON.parse(await readText(request))));
      return sendJson(response, 200, { now: isoTime(world.clock.now()) });
    case 'GET /actions':
      return sendJson(response, 200, actionsOf(world, url.searchParams.get('principalId') ?? ''));
    case 'GET /flow-logs':
      return sendJson(response, 200, flowLogs(world));
    case 'GET /deliveries':
      return sendJson(response, 200, { ...controls.deliveryCounts, waiting: [...world.store.deliveries.values()] });
    default:
      return sendJson(response, 404, { error: `the control endpoint has no ${request.method} ${url.pathname}` });
  }
}

function actionsOf(world: World, principalId: string) {
  const asked = [...(world.actionsAsked.get(principalId) ?? [])].map(([action, scope]) => ({ action, scope }));
  return asked.sort((one, other) => one.action.localeCompare(other.action));
}

function flowLogs(world: World) {
  const found = world.store.list(flowLogType);
  return found.map(({ body }) => ({ id: body.id, silentBecause: silenceOf(world, body) ?? null }));
}

function resources(world: World, type: string | null) {
  const found = type === null ? [...world.store.all()] : world.store.list(type);
  return found.map((resource) => shown(world, resource));
}
