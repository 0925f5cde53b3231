import { expect, test } from 'vitest';
import { assignment, estate, identity, roles, storage } from '../arm/support/estate.ts';
import { startProduct } from './support/product.ts';
import { networkId, policyTo } from './support/stories.ts';

const principalId = '77777777-0000-4000-8000-000000000001';
const there = { id: identity('id-stwest'), location: 'westeurope', properties: { principalId } };
const granted = assignment(storage('stwest'), principalId, roles.blobContributor, 50);

/** With retention, which asks for most. */
const policy = policyTo('stwest', { retentionDays: 30 });

const ofDestination =
  /storageAccounts|userAssignedIdentities|roleAssignments|ResourceGraph|providers\/Microsoft\.(Insights|ManagedIdentity)$/i;

test.each([
  { what: 'an identity and its grant are made', resources: [], most: 13 },
  { what: 'the grant is made', resources: [there], most: 13 },
  { what: 'nothing is to be made', resources: [there, granted], most: 9 },
])('where $what, a look at a destination takes $most requests at most', async ({ resources, most }) => {
  const product = startProduct({ ...estate, resources: [...estate.resources, ...resources] }, policy);
  await product.ask(networkId);
  await product.rest();
  expect(await product.network(networkId)).toMatchObject({ state: 'Compliant' });
  const sent = product.azure.sent.filter((line) => ofDestination.test(line));
  expect(sent.length).toBeLessThanOrEqual(most);
});
