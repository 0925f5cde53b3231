import { z } from 'zod';
import type { Action } from '../core/arm.ts';
import { ArmError } from '../core/arm-error.ts';
import { isoTime } from '../core/clock.ts';
import type { ArmRequest, ArmResponse } from '../core/exchange.ts';
import { objectOf } from '../core/json.ts';
import { subscriptionType } from '../core/resource-id.ts';
import type { World } from '../core/world.ts';
import { readBody } from '../resource-types/request-body.ts';
import { parseQuery } from './parse-query.ts';
import { createPicture, type Picture } from './picture.ts';
import { QueryError } from './query-error.ts';
import { createQuota } from './quota.ts';
import { createResultCache } from './result-cache.ts';
import { runQuery } from './run-query.ts';
import { type Table, tablesFor } from './tables.ts';

const versions = ['2021-03-01', '2022-10-01', '2024-04-01'];
const mostRows = 1_000;

const request = z.object({
  subscriptions: z.array(z.string()).nullish(),
  managementGroups: z.array(z.string()).nullish(),
  query: z.string(),
  options: z
    .object({
      $top: z.number().int().min(1).max(mostRows).default(mostRows),
      $skip: z.number().int().min(0).default(0),
      $skipToken: z.string().nullish(),
      resultFormat: z.enum(['objectArray', 'table']).default('objectArray'),
    })
    .prefault({}),
});

/** Resource Graph: answers queries over what the caller may read, a page at a time, within its own quota. */
export function resourceGraph(): Action {
  const quota = createQuota();
  const cache = createResultCache();
  const picture = createPicture();
  return {
    matches: ({ method, path }) =>
      method === 'POST' && path.toLowerCase() === '/providers/microsoft.resourcegraph/resources',
    answer(world, armRequest) {
      requireVersion(armRequest);
      const headers = quota.take(world, armRequest.caller.principalId);
      const asked = readBody(request, objectOf(armRequest.body));
      return { ...page(world, { cache, picture }, armRequest, asked), headers };
    },
  };
}

type Memory = { readonly cache: ReturnType<typeof createResultCache>; readonly picture: Picture };

function page(
  world: World,
  { cache, picture }: Memory,
  { caller }: ArmRequest,
  asked: z.infer<typeof request>,
): ArmResponse {
  const { query, subscriptions, options } = asked;
  const place = placeOf(options.$skipToken);
  const whose = `${caller.principalId} ${subscriptions} ${query}`;
  const known = place === undefined ? undefined : cache.find(world, place.result, whose);
  const table = known ?? evaluated(world, picture, caller.principalId, query, subscriptions ?? undefined);
  const start = place?.offset ?? options.$skip;
  const end = start + options.$top;
  const rows = table.rows.slice(start, end);
  const more = end < table.rows.length;
  const result = known === undefined ? undefined : place?.result;
  const next =
    more && isPageable(query, table)
      ? { $skipToken: tokenFor(result ?? cache.keep(world, whose, table), end) }
      : undefined;
  const data = options.resultFormat === 'table' ? asTable(table.columns, rows) : rows;
  return {
    status: 200,
    headers: {},
    body: {
      totalRecords: table.rows.length,
      count: rows.length,
      resultTruncated: more && next === undefined ? 'true' : 'false',
      ...next,
      facets: [],
      data,
    },
  };
}

/**
 * As documented: no paging of a query with `take` or `limit`, nor of one whose columns are all dynamic; then, and only
 * then, is a result that is too long told to be truncated.
 */
function isPageable(query: string, { columns, rows }: Table): boolean {
  const takes = parseQuery(query).operators.some(({ kind }) => kind === 'take');
  const isScalar = (column: string) => rows.some((row) => row[column] !== null && typeof row[column] !== 'object');
  return !takes && columns.some(isScalar);
}

function evaluated(
  world: World,
  picture: Picture,
  principalId: string,
  query: string,
  wanted: readonly string[] | undefined,
): Table {
  const known = world.store.list(subscriptionType).map(({ body }) => body.name);
  const asked = wanted?.map((id) => id.toLowerCase());
  const subscriptions = known.filter((id) => asked === undefined || asked.includes(id.toLowerCase()));
  try {
    return runQuery(parseQuery(query), tablesFor(world, picture, principalId, subscriptions));
  } catch (error) {
    if (error instanceof QueryError) throw refused(world, error);
    throw error;
  }
}

function asTable(columns: readonly string[], rows: Table['rows']) {
  return {
    columns: columns.map((name) => ({ name, type: 'object' })),
    rows: rows.map((row) => columns.map((name) => row[name] ?? null)),
  };
}

function requireVersion({ query }: ArmRequest): void {
  const version = query.get('api-version') ?? '';
  if (versions.includes(version)) return;
  const message = `No registered resource provider found for API version '${version}' for type 'resources' in namespace 'Microsoft.ResourceGraph'.`;
  throw new ArmError(400, { code: 'NoRegisteredProviderFound', message }, { 'x-ms-failure-cause': 'gateway' });
}

function placeOf(
  skipToken: string | null | undefined,
): { readonly result: string; readonly offset: number } | undefined {
  if (skipToken === null || skipToken === undefined) return undefined;
  const [result, offset] = Buffer.from(skipToken, 'base64url').toString().split(' ');
  if (result !== undefined && /^\d+$/.test(offset ?? '')) return { result, offset: Number(offset) };
  throw new ArmError(400, { code: 'BadRequest', message: 'The $skipToken is invalid.' });
}

function tokenFor(result: string, offset: number): string {
  return Buffer.from(`${result} ${offset}`).toString('base64url');
}

function refused(world: World, error: QueryError): ArmError {
  const message = `Please provide below info when asking for support: timestamp = ${isoTime(world.clock.now())}, correlationId = ${world.newGuid()}.`;
  const hint =
    'Query is invalid. Please refer to the documentation for the Azure Resource Graph service and fix the error before retrying.';
  const details = [
    { code: 'InvalidQuery', message: hint },
    { code: error.code, message: error.message },
  ];
  return new ArmError(400, { code: 'BadRequest', message, details });
}
