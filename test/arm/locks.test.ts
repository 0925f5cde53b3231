import { expect, test } from 'vitest';
import { arrayOf, objectOf } from '../../infra/local/arm/core/json.ts';
import { estate, group, storage, subscriptionId } from './support/estate.ts';
import { startInProcess } from './support/in-process.ts';

const account = storage('stwest');
const lockOn = (scope: string, name: string) => ({
  id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
  properties: { level: 'CanNotDelete' },
});
const locks = [
  lockOn(`/subscriptions/${subscriptionId}`, 'above'),
  lockOn(account, 'at'),
  lockOn(`${account}/blobServices/default`, 'below'),
  lockOn(storage('stnorth'), 'beside'),
];

/** The names of the locks that a scope lists. */
function listed(scope: string, query = ''): readonly unknown[] {
  const { send } = startInProcess({ ...estate, resources: [...estate.resources, ...locks] });
  const path = `${scope}/providers/Microsoft.Authorization/locks?api-version=2016-09-01${query}`;
  return arrayOf(objectOf(send('GET', path).body).value)
    .map((lock) => objectOf(lock).name)
    .sort();
}

test.each([
  { what: 'those at it, above it and below it', scope: account, query: '', names: ['above', 'at', 'below'] },
  { what: 'with atScope() not those below it', scope: account, query: '&$filter=atScope()', names: ['above', 'at'] },
  {
    what: 'as a group, those of all its resources',
    scope: group,
    query: '',
    names: ['above', 'at', 'below', 'beside'],
  },
  { what: 'as a group with atScope(), those above', scope: group, query: '&$filter=atScope()', names: ['above'] },
])('a scope lists the locks: $what', ({ scope, query, names }) => {
  expect(listed(scope, query)).toEqual(names);
});
