/** A request that has to be refused: with which status and, where it is our own refusal, at which path. */
export type Malformed = {
  readonly title: string;
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly status: number;
  readonly at?: string;
};

const subscription = '3e9b5c74-8a2d-4daf-9c63-2f7d9e4a3001';
const group = 'rg-shop';
const network = (name: string, within = subscription) =>
  `/subscriptions/${within}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
const long = (length: number) => 'a'.repeat(length);

/** Values of a query parameter of `GET networks`, none of which is one. */
const queries: Record<string, readonly string[]> = {
  top: ['0', '-1', '1.5', '1e2', '0x10', '1001', '99999999999999999999', '', 'abc', '%205', '5;drop', '%00', '1&top=2'],
  continuation: [
    '',
    'garbage',
    'e30=',
    'bnVsbA==',
    'W10=',
    '%FF%FE',
    Buffer.from('{"nextPartitionKey":5}').toString('base64'),
    Buffer.from('{"nextPartitionKey":"a","nextRowKey":"b","more":1}').toString('base64'),
    Buffer.from([0xff, 0xfe, 0x80]).toString('base64'),
    Buffer.from(JSON.stringify({ nextPartitionKey: long(1025) })).toString('base64'),
    long(5000),
  ],
  subscription: ['', 'x', `{${subscription}}`, `${subscription}'`, `${subscription}%00`, "x'%20or%201%20eq%201"],
  location: ['', 'west/europe', "west'europe", 'w%C3%A4st', long(61)],
  state: ['', 'compliant', 'Nope', "Compliant'%20or%20'a'%20eq%20'a"],
  drift: ['', 'no%20drift', 'x9', long(41)],
  foo: ['1'],
  $filter: ['PartitionKey%20eq%20%27x%27'],
  __proto__: ['1'],
  constructor: ['1'],
};

const ofQueries = Object.entries(queries).flatMap(([name, values]) =>
  values.map(
    (value): Malformed => ({
      title: `${name}=${value.slice(0, 40)}`,
      path: `/api/networks?${name}=${value}`,
      status: 400,
      at: name,
    }),
  ),
);

const ofPaths: readonly Malformed[] = [
  ...['x', '%00', `${subscription}'`, '..%2f..%2fpolicy', '%E0%A4%A'].map((id) => ({
    title: `the subscription ${id}`,
    path: `/api/networks/${id}/${group}/vnet`,
    status: 400,
    at: 'subscription',
  })),
  ...['a%2Fb', 'a%7Cb', 'a%00', 'a%23b', '%27', 'a%20b', '%F0%9F%98%80', '%zz', long(81)].map((name) => ({
    title: `the name ${name.slice(0, 20)}`,
    path: `/api/networks/${subscription}/${group}/${name}`,
    status: 400,
    at: 'name',
  })),
  ...['a%5Cb', 'a%7Cb', '%0d%0aset-cookie:a', long(91)].map((name) => ({
    title: `the group ${name.slice(0, 20)}`,
    path: `/api/networks/${subscription}/${name}/vnet`,
    status: 400,
    at: 'group',
  })),
  { title: 'a network that nobody knows', path: `/api/networks/${subscription}/${group}/never-was`, status: 404 },
  { title: 'a path without an end', path: `/api/networks/${subscription}/${group}`, status: 404 },
  { title: 'a path that climbs', path: '/api/networks/../../admin/../etc/passwd', status: 404 },
  ...['GET', 'DELETE'].flatMap((method): Malformed[] => [
    { title: `${method} no GUID`, method, path: '/api/remediations/1', status: 400, at: 'id' },
    { title: `${method} a pattern`, method, path: '/api/remediations/%25', status: 400, at: 'id' },
    {
      title: `${method} a remediation of nobody`,
      method,
      path: '/api/remediations/00000000-0000-4000-8000-000000000000',
      status: 404,
    },
    {
      title: `${method} negative paging`,
      method,
      path: `/api/remediations/${subscription}?continuation=-1`,
      status: 400,
      at: 'continuation',
    },
  ]),
  { title: 'a method that is not there', method: 'PATCH', path: '/api/policy', status: 405 },
  { title: 'a route that is not there', path: '/api/secrets', status: 404 },
];

const post = (title: string, body: string | Uint8Array, at?: string, status = 400): Malformed => ({
  title,
  method: 'POST',
  path: '/api/remediations',
  body,
  status,
  ...(at === undefined ? {} : { at }),
});
const object = (title: string, body: object, at: string) => post(title, JSON.stringify(body), at);
const id = (title: string, one: unknown) => object(`an id ${title}`, { networks: [one] }, 'networks[0]');
const filter = (title: string, one: unknown, at: string) => object(`a filter ${title}`, { filter: one }, at);

const ofBodies: readonly Malformed[] = [
  post('an empty body', ''),
  post('null', 'null', ''),
  post('an array', '[]', ''),
  post('a text', '"networks"', ''),
  post('a number', '5', ''),
  post('half an object', '{"networks":'),
  post('single quotes', "{'networks':[]}"),
  post('a comma too many', '{"dryRun":true,}'),
  post('a comment', '{"dryRun":true}//'),
  post('NaN', '{"dryRun":NaN}'),
  post('invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])),
  post('UTF-16', Buffer.from('{"dryRun":true}', 'utf16le')),
  post('a field given twice', `{"networks":["${network('a')}"],"networks":["${network('b')}"]}`, 'networks'),
  post('a field given twice, once in escapes', '{"dryRun":true,"dry\\u0052un":false}', 'dryRun'),
  post('a field given twice within', '{"filter":{"states":["Gone"],"states":["Blocked"]}}', 'states'),
  post('a hundred thousand brackets', '['.repeat(100_000) + ']'.repeat(100_000), ''),
  post('twenty thousand unknown fields', JSON.stringify(Object.fromEntries(numbers(20_000)))),
  post('one byte too many', JSON.stringify({ networks: [long(1024 * 1024)] }), undefined, 413),
  post('five megabytes', `"${long(5 * 1024 * 1024)}"`, undefined, 413),
  object('nothing asked for', {}, ''),
  object('both ids and a filter', { networks: [network('a')], filter: { states: ['Gone'] } }, ''),
  object('an unknown field', { networks: [network('a')], force: true }, 'force'),
  post('a prototype', '{"__proto__":{"networks":[]},"dryRun":true}', '__proto__'),
  object('dryRun as a text', { networks: [network('a')], dryRun: 'true' }, 'dryRun'),
  object('dryRun as null', { networks: [network('a')], dryRun: null }, 'dryRun'),
  object('no ids', { networks: [] }, 'networks'),
  object('ids as a text', { networks: network('a') }, 'networks'),
  object('ids as an object', { networks: { 0: network('a') } }, 'networks'),
  object('1,001 ids', { networks: numbers(1001).map(([name]) => network(name)) }, 'networks'),
  object('10,000 short ids', { networks: numbers(10_000).map(([name]) => name) }, 'networks'),
  id('that is null', null),
  id('that is a number', 1),
  id('that is an object', {}),
  id('that is empty', ''),
  id(
    'of a storage account',
    network('a').replace('Microsoft.Network/virtualNetworks', 'Microsoft.Storage/storageAccounts'),
  ),
  id('of a subnet', `${network('a')}/subnets/b`),
  id('of another API', `https://management.azure.com${network('a')}`),
  id('with a short subscription', network('a', 'abc')),
  id('with no hex in its GUID', network('a', subscription.replace('3', 'g'))),
  id('with a slash behind', `${network('a')}/`),
  id('with a query', `${network('a')}?api-version=1`),
  id('that climbs', network('../../x')),
  id('with an encoded slash', network('a%2fb')),
  id('with a pipe', network('a|b')),
  id('with a quote', network("a' or key != '")),
  id('with NUL', network('a\u0000')),
  id('with half a character', network('a\ud800')),
  id('with an emoji', network('😀')),
  id('that is too long', network(long(400))),
  id('of a subscription out of scope', network('a', '99999999-9999-4999-8999-999999999999')),
  filter('that is a text', 'all', 'filter'),
  filter('that is a list', [], 'filter'),
  filter('that is empty', {}, 'filter'),
  filter('of nothing but no tags', { tags: {} }, 'filter'),
  filter('by colour', { colour: 'red', states: ['Gone'] }, 'filter.colour'),
  filter('of no subscriptions', { subscriptions: [] }, 'filter.subscriptions'),
  filter('of a number', { subscriptions: [1] }, 'filter.subscriptions[0]'),
  filter('of no GUID', { subscriptions: ['prod'] }, 'filter.subscriptions[0]'),
  filter('of 101 subscriptions', { subscriptions: numbers(101).map(() => subscription) }, 'filter.subscriptions'),
  filter(
    'of a subscription out of scope',
    { subscriptions: ['99999999-9999-4999-8999-999999999999'] },
    'filter.subscriptions[0]',
  ),
  filter('by no region', { locations: ['west/europe'] }, 'filter.locations[0]'),
  filter('by tags in a list', { tags: ['a'] }, 'filter.tags'),
  filter('by a tag that is a number', { tags: { a: 1 } }, 'filter.tags.a'),
  filter('by a tag without a name', { tags: { '': 'a' } }, 'filter.tags.'),
  filter('by a tag that is too long', { tags: { a: long(257) } }, 'filter.tags.a'),
  filter('by 21 tags', { tags: Object.fromEntries(numbers(21)) }, 'filter.tags'),
  filter('by a state that is none', { states: ['Fine'] }, 'filter.states[0]'),
  filter('by a drift that is none', { drifts: ['no drift'] }, 'filter.drifts[0]'),
];

const good = JSON.stringify({ networks: [network('a')] });
const ofHeaders: readonly Malformed[] = [
  ...['', 'text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/jsonx', 'json'].map(
    (type) => ({
      ...post(`the content type "${type}"`, good, undefined, 415),
      headers: { 'content-type': type },
    }),
  ),
  ...['', 'two words', long(256), 'caf\u00e9'].map((key) => ({
    ...post(`the idempotency key "${key.slice(0, 20)}"`, good, 'Idempotency-Key'),
    headers: { 'idempotency-key': key },
  })),
];

const put = (title: string, body: string, at?: string, status = 400, headers = {}): Malformed => ({
  ...post(title, body, at, status),
  method: 'PUT',
  path: '/api/policy',
  headers,
});
const ofPolicies: readonly Malformed[] = [
  put('a policy that is null', 'null', ''),
  put('a policy that is a list', '[]', ''),
  put('a policy without anything', '{}', 'rules'),
  put('a policy of another version', '{"version":2,"rules":[]}', 'version'),
  put('a policy that destroys', '{"version":1,"mode":"destroy","rules":[]}', 'mode'),
  put('a policy with a field twice', '{"version":1,"mode":"audit","mode":"enforce","rules":[]}', 'mode'),
  put('a policy with a stale ETag', 'EXAMPLE', undefined, 412, { 'if-match': '"0x0"' }),
  put('a policy where there must be none', 'EXAMPLE', undefined, 412, { 'if-none-match': '*' }),
];

function numbers(count: number): [string, string][] {
  return Array.from({ length: count }, (_, index) => [`n${index}`, String(index)]);
}

export const malformed: readonly Malformed[] = [...ofQueries, ...ofPaths, ...ofBodies, ...ofHeaders, ...ofPolicies];
