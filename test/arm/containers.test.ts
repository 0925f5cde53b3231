import { expect, test } from 'vitest';
import { containersOf } from '../../infra/local/arm/core/containers.ts';

const group = '/subscriptions/s/resourcegroups/g';
const watcher = `${group}/providers/microsoft.network/networkwatchers/w`;

test.each([
  ['/subscriptions/s', ['', '/subscriptions/s']],
  [group, ['', '/subscriptions/s']],
  [watcher, ['', '/subscriptions/s', group]],
  [`${watcher}/flowlogs/f`, ['', '/subscriptions/s', group, watcher]],
  [`${watcher}/providers/microsoft.authorization/roleassignments/r`, ['', '/subscriptions/s', group, watcher]],
  [`${group}/providers/microsoft.authorization/locks/l`, ['', '/subscriptions/s', group]],
  ['/subscriptions/s/providers/microsoft.authorization/roleassignments/r', ['', '/subscriptions/s']],
  ['/providers/microsoft.management/managementgroups/m', ['']],
  [
    '/providers/microsoft.management/managementgroups/m/providers/microsoft.authorization/roleassignments/r',
    ['', '/providers/microsoft.management/managementgroups/m'],
  ],
])('%s is filed under what holds it', (key, expected) => {
  expect(new Set(containersOf(key))).toEqual(new Set(expected));
});
