import { expect, test } from 'vitest';
import { parseQuery } from '../../infra/local/arm/graph/parse-query.ts';
import { QueryError } from '../../infra/local/arm/graph/query-error.ts';
import { runQuery } from '../../infra/local/arm/graph/run-query.ts';

const columns = ['id', 'name', 'size', 'on', 'tags', 'properties'];
const things = [
  {
    id: '/a/1',
    name: 'Alpha',
    size: 3,
    on: true,
    tags: { env: 'Prod', 'cost-center': '42' },
    properties: { list: [1, 2], deep: { text: 'x' } },
  },
  { id: '/a/2', name: 'beta', size: 20, on: false, tags: null, properties: { list: [], deep: { text: '' } } },
  { id: '/a/3', name: 'gamma', size: 3, on: null, tags: { env: 'dev' }, properties: {} },
];
const tables = new Map([['things', () => ({ columns, rows: things })]]);
const run = (text: string) => runQuery(parseQuery(text), tables).rows;
const names = (predicate: string) => run(`things | where ${predicate}`).map(({ name }) => name);

test.each([
  ["name == 'alpha'", []],
  ["name =~ 'alpha'", ['Alpha']],
  ["name != 'Alpha'", ['beta', 'gamma']],
  ["name !~ 'ALPHA'", ['beta', 'gamma']],
  ["name in ('beta', 'GAMMA')", ['beta']],
  ["name in~ ('BETA', 'gamma')", ['beta', 'gamma']],
  ["name !in ('beta')", ['Alpha', 'gamma']],
  ["name !in~ ('BETA', 'x')", ['Alpha', 'gamma']],
  ["name contains 'ET'", ['beta']],
  ["name !contains 'a'", []],
  ["name startswith 'AL'", ['Alpha']],
  ["name !startswith 'al' and not(name endswith 'A')", []],
  ['size > 3', ['beta']],
  ['size >= 3 and size <= 3', ['Alpha', 'gamma']],
  ['size < 4 or on == false', ['Alpha', 'beta', 'gamma']],
  ['on', ['Alpha']],
  ['on == true', ['Alpha']],
  ['on != true', ['beta', 'gamma']],
  ['not(on)', ['beta']],
  ["tags.env =~ 'prod'", ['Alpha']],
  ["tags['cost-center'] == '42'", ['Alpha']],
  ["tags['cost-center'] == 42", ['Alpha']],
  ['isnull(tags)', ['beta']],
  ['isempty(tags.env)', ['beta']],
  ['isnotempty(properties.deep.text)', ['Alpha']],
  ['isnotnull(properties.deep)', ['Alpha', 'beta']],
  ['array_length(properties.list) == 0', ['beta']],
  ['properties.list[1] == 2', ['Alpha']],
  ["(name == 'beta' or name == 'gamma') and size == 3", ['gamma']],
  ["name == 'beta' or name == 'gamma' and size == 3", ['beta', 'gamma']],
  ["tostring(size) == '20'", ['beta']],
  ["toint('20') == size", ['beta']],
  ["tobool('true') == on", ['Alpha']],
  ["strcat(name, '-', size) == 'beta-20'", ['beta']],
  ["iff(size > 10, 'big', 'small') == 'big'", ['beta']],
  ["name == @'beta' // the rest is a comment", ['beta']],
])('where %s', (predicate, expected) => {
  expect(names(predicate)).toEqual(expected);
});

test('null is neither true nor false, and comparing two of them is unknown', () => {
  expect(names('properties.none == properties.none')).toEqual([]);
  expect(names('not(properties.none == properties.none)')).toEqual([]);
  expect(names("properties.none != 'x'")).toEqual(['Alpha', 'beta', 'gamma']);
});

test('columns are added, chosen, renamed and taken away', () => {
  expect(run("things | take 1 | extend upper = toupper(name), name = 'new' | project upper, name, tags.env")).toEqual([
    { upper: 'ALPHA', name: 'new', tags_env: 'Prod' },
  ]);
  expect(run('things | limit 1 | project-away tags, properties, on, size')).toEqual([{ id: '/a/1', name: 'Alpha' }]);
});

test('rows are ordered, descending unless told otherwise', () => {
  expect(run('things | order by size, name asc | project name').map(({ name }) => name)).toEqual([
    'beta',
    'Alpha',
    'gamma',
  ]);
  expect(run('things | sort by name desc | project name').map(({ name }) => name)).toEqual(['gamma', 'beta', 'Alpha']);
});

test('groups are counted, listed and sampled', () => {
  const text =
    "things | summarize n = count(), all = make_list(pack('name', name)), first = any(name), countif(on == true) by size | order by size asc";
  expect(run(text)).toEqual([
    { size: 3, n: 2, all: [{ name: 'Alpha' }, { name: 'gamma' }], first: 'Alpha', countif_: 1 },
    { size: 20, n: 1, all: [{ name: 'beta' }], first: 'beta', countif_: 0 },
  ]);
  expect(run('things | where size > 100 | summarize count()')).toEqual([{ count_: 0 }]);
  expect(run('things | where size > 100 | summarize count() by name')).toEqual([]);
  expect(run('things | summarize make_set(size), min(name), max(size)')).toEqual([
    { set_size: [3, 20], min_name: 'Alpha', max_size: 20 },
  ]);
});

test('a join keeps what has no partner when it is leftouter, and renames what is twice there', () => {
  const text = (kind: string) =>
    `things | project name, size | join kind=${kind} (things | where on == true | project size, name) on $left.size == $right.size | order by name asc`;
  expect(run(text('leftouter'))).toEqual([
    { name: 'Alpha', size: 3, size1: 3, name1: 'Alpha' },
    { name: 'beta', size: 20, size1: null, name1: null },
    { name: 'gamma', size: 3, size1: 3, name1: 'Alpha' },
  ]);
  expect(run(text('inner'))).toHaveLength(2);
});

test.each([
  'things | where',
  'things | where name = 1',
  'things || count',
  'things | project tolower()',
  "things | extend x = pack('a')",
  'things | summarize x = name by size',
  'things | order name',
  'things | where name has 1',
  'things | take many',
  "things | where nothing == ''",
  'things; drop',
])('%s is refused', (text) => {
  expect(() => run(text)).toThrow(QueryError);
});
