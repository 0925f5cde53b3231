import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { networkKey } from '../../shared/records/network-record.ts';
import {
  isOfType,
  nameOf,
  normalLocation,
  parseResourceId,
  requireResourceId,
  resourceTypes,
  sameId,
} from '../../shared/resource-id.ts';
import { guid, networkId, networkName, resourceGroupName, storageAccountId } from './support/arbitraries.ts';

const segment = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/);
const parts = fc.record({
  subscriptionId: guid,
  resourceGroup: resourceGroupName,
  provider: fc.constantFrom('Microsoft.Network', 'Microsoft.Storage'),
  levels: fc.array(fc.tuple(segment, segment), { minLength: 1, maxLength: 4 }),
});
type Parts = typeof parts extends fc.Arbitrary<infer Value> ? Value : never;

const idOf = ({ subscriptionId, resourceGroup, provider, levels }: Parts) =>
  `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/${provider}/${levels.flat().join('/')}`;

const words = ['subscriptions', '11111111-1111-4111-8111-111111111111', 'resourceGroups', 'rg', 'providers', 'a', ''];
const almostIds = fc.array(fc.constantFrom(...words), { maxLength: 10 }).map((given) => `/${given.join('/')}`);

describe('parsing a resource id', () => {
  test('gives back the parts that it was made from', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const { subscriptionId, resourceGroup, provider, levels } = made;
        expect(parseResourceId(idOf(made))).toEqual({
          subscriptionId,
          resourceGroup,
          type: `${provider}/${levels.map(([type]) => type).join('/')}`,
          names: levels.map(([, name]) => name),
        });
      }),
    );
  });

  test('reads the fixed words and the subscription in any case, and keeps the case of names', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const id = idOf(made)
          .replace('/subscriptions/', '/SUBSCRIPTIONS/')
          .replace('/resourceGroups/', '/resourcegroups/')
          .replace(made.subscriptionId, made.subscriptionId.toUpperCase());
        expect(parseResourceId(id)).toEqual(parseResourceId(idOf(made)));
      }),
    );
  });

  test('refuses what is cut off or has too much', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const id = idOf(made);
        for (const broken of [
          `${id}/`,
          id.slice(0, id.lastIndexOf('/')),
          `${id}/more`,
          id.slice(1),
          `x${id}`,
          `${id}//a`,
        ])
          expect(parseResourceId(broken)).toBeNull();
      }),
    );
  });

  test.each(['#', '?', '%', '\\', '|', '\n', '\u0000'])(
    'refuses %j in a name: it would change the meaning of an address or of a key',
    (character) => {
      const [made] = fc.sample(parts, 1);
      if (!made) throw new Error('a sample');
      expect(parseResourceId(`${idOf(made)}${character}`)).toBeNull();
      expect(parseResourceId(idOf({ ...made, resourceGroup: `rg${character}x` }))).toBeNull();
    },
  );

  test('never throws, and requireResourceId throws exactly where it gives null', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), almostIds, parts.map(idOf)), (text) => {
        const parsed = parseResourceId(text);
        if (parsed) expect(requireResourceId(text)).toEqual(parsed);
        else expect(() => requireResourceId(text)).toThrow(text);
      }),
    );
  });
});

describe('comparing', () => {
  test('ids are the same in any case, and nothing else is', () => {
    fc.assert(
      fc.property(networkId, networkId, (one, other) => {
        expect(sameId(one, one.toUpperCase())).toBe(true);
        expect(sameId(one, other)).toBe(sameId(other, one));
        expect(sameId(one, other)).toBe(one.toLowerCase() === other.toLowerCase());
        expect(sameId(one, `${one}x`)).toBe(false);
      }),
    );
  });

  test('a type is that of the whole id, in any case', () => {
    fc.assert(
      fc.property(networkId, storageAccountId, (network, account) => {
        expect(isOfType(network.toUpperCase(), resourceTypes.network)).toBe(true);
        expect(isOfType(account, resourceTypes.storageAccount)).toBe(true);
        expect(isOfType(account, resourceTypes.network)).toBe(false);
        expect(isOfType(`${network}/subnets/a`, resourceTypes.network)).toBe(false);
      }),
    );
  });

  test('the name of an id is its last', () => {
    fc.assert(
      fc.property(parts, (made) => {
        expect(nameOf(idOf(made))).toBe(made.levels.at(-1)?.[1]);
      }),
    );
  });

  test.each(['West Europe', 'WestEurope', 'westeurope', 'west europe '])('%j is westeurope', (location) => {
    expect(normalLocation(location)).toBe('westeurope');
  });
});

describe("a network's key in the records", () => {
  const keyOf = (id: string) => networkKey(id).join('|');

  test('holds none of the characters that table keys must not, and 1 KB at most', () => {
    fc.assert(
      fc.property(networkId, (id) => {
        for (const key of networkKey(id)) {
          expect(key).not.toMatch(/[/\\#?\p{Cc}]/u);
          expect(Buffer.byteLength(key, 'utf16le')).toBeLessThanOrEqual(1024);
        }
      }),
    );
  });

  test('is one for each network, however its id is spelt', () => {
    const distinct = fc.uniqueArray(networkId, { selector: (id) => id.toLowerCase(), minLength: 2, maxLength: 20 });
    fc.assert(
      fc.property(distinct, (ids) => {
        expect(new Set(ids.map(keyOf)).size).toBe(ids.length);
        for (const id of ids) expect(keyOf(id.toUpperCase())).toBe(keyOf(id));
      }),
    );
  });

  test('tells a network from one whose group and name join to the same text', () => {
    const [subscription] = fc.sample(guid, 1);
    const id = (group: string, name: string) =>
      `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
    fc.assert(
      fc.property(resourceGroupName, networkName, (group, name) => {
        expect(keyOf(id(`${group}-x`, name))).not.toBe(keyOf(id(group, `x-${name}`)));
      }),
    );
  });
});
