import { expect, test } from 'vitest';
import { queryEstate } from '../../shared/azure/estate-query.ts';
import { emptyRecord, networkKey } from '../../shared/records/network-record.ts';
import { endOfEstate, recordsBetween } from '../../shared/work/records-between.ts';
import { estate, otherSubscriptionId, subscriptionId } from '../arm/support/estate.ts';
import { simulatedAzure } from '../steps/support/simulated-azure.ts';
import { workOn } from './support/work.ts';

// By their ids 'rg/…' comes before 'rg0/…' and after 'rg-a/…'; by our keys 'rg|…' comes after both.
const groups = ['rg', 'rg-a', 'rg0', 'RG_b', 'rg(1)'];
const ids = [subscriptionId, otherSubscriptionId].flatMap((subscription) =>
  groups.flatMap((group) =>
    ['vnet', 'VNET-1', 'vnet.2'].map(
      (name) =>
        `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`,
    ),
  ),
);
const networks = ids.map((id) => ({
  id,
  location: 'westeurope',
  properties: { addressSpace: { addressPrefixes: ['10.0.0.0/16'] } },
}));

test.each([1, 2, 4, 7, 1000])('of a page of %i networks these are known, and no others', async (size) => {
  const known = new Set(ids.map((id) => id.toLowerCase()));
  const others = estate.resources.filter(({ id }) => !/\/virtualNetworks\//.test(id));
  const parents = new Set(ids.map((id) => id.split('/providers/')[0] ?? ''));
  const inGroups = [...parents].map((id) => ({ id, location: 'westeurope' }));
  const azure = simulatedAzure({ ...estate, resources: [...others, ...inGroups, ...networks] });
  const work = await workOn(azure, {});
  for (const id of ids) await work.records.networks.put(...networkKey(id), emptyRecord(id));

  const seen: string[] = [];
  let [skipToken, after]: [string | null, string] = [null, ''];
  do {
    azure.pass(5); // Resource Graph's quota
    const page = await queryEstate(azure.clients, null, skipToken, size);
    if (!page.ok) throw new Error(page.error.message);
    const shown = page.value.rows.map(({ network }) => network.id.toLowerCase());
    const upTo = (page.value.skipToken && shown.at(-1)) || endOfEstate;
    const records = await recordsBetween(work, after, upTo);
    expect([...records.keys()].sort()).toEqual(shown.filter((id) => known.has(id)).sort());
    seen.push(...records.keys());
    [skipToken, after] = [page.value.skipToken, upTo];
  } while (skipToken);
  expect(new Set(seen)).toEqual(known);
  expect(seen).toHaveLength(known.size);
});
