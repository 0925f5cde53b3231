import { type InstanceFilter, listInstances } from '../durable/instances.ts';
import type { Store } from '../durable/store.ts';
import { isEnded } from '../engine/status.ts';
import { type HttpAnswer, type HttpRequest, header, json, notFound } from '../http/message.ts';
import { statusBody } from './status.ts';

const PAGE = 100;
const TOKEN = 'x-ms-continuation-token';
const STATUS_NAMES = [
  'Running',
  'Completed',
  'ContinuedAsNew',
  'Failed',
  'Canceled',
  'Terminated',
  'Pending',
  'Suspended',
];

/** `GET instances`: a page, and in a header where the next one begins (empty on the last). */
export function listAnswer(store: Store, request: HttpRequest): HttpAnswer {
  const query = request.url.searchParams;
  const top = Number.parseInt(query.get('top') ?? '', 10) || PAGE;
  const from = Buffer.from(header(request, TOKEN) ?? '', 'base64').toString('utf8');
  const found = listInstances(store.db, filterOf(query), from, top + 1);
  const next = found[top];
  const showInput = query.get('showInput')?.toLowerCase() !== 'false';
  const page = found.slice(0, top).map((instance) => statusBody(instance, showInput));
  return json(200, page, { [TOKEN]: next ? Buffer.from(next.instanceId).toString('base64') : '' });
}

/** `DELETE instances`: removes ended instances that match; it does not do so without a time to begin at. */
export function purgeAnswer(store: Store, request: HttpRequest): HttpAnswer {
  const filter = filterOf(request.url.searchParams);
  if (filter.createdFrom === undefined) return json(400, "Please provide value for 'createdTimeFrom' parameter.");
  let deleted = 0;
  for (let from = ''; ; ) {
    const found = listInstances(store.db, filter, from, PAGE + 1);
    for (const { instanceId, status } of found.slice(0, PAGE)) {
      if (isEnded(status) && store.purge(instanceId)) deleted++;
    }
    const next = found[PAGE];
    if (!next) return deleted > 0 ? json(200, { instancesDeleted: deleted }) : notFound;
    from = next.instanceId;
  }
}

/** Filters that cannot be read are ignored, as the extension does: status names are exact, their numbers pass too. */
function filterOf(query: URLSearchParams): InstanceFilter {
  const time = (name: string) => {
    const ms = Date.parse(query.get(name) ?? '');
    return Number.isNaN(ms) ? undefined : ms;
  };
  const statuses = (query.get('runtimeStatus') ?? '')
    .split(',')
    .map((name) => (/^\d+$/.test(name) ? STATUS_NAMES[Number(name)] : STATUS_NAMES.find((known) => known === name)))
    .filter((name) => name !== undefined);
  return {
    prefix: query.get('instanceIdPrefix') ?? undefined,
    createdFrom: time('createdTimeFrom'),
    createdTo: time('createdTimeTo'),
    statuses,
  };
}
