import { expect, test } from 'vitest';
import { storageProblem } from '../../shared/decide/storage-problem.ts';
import { storageId } from './support/samples.ts';

const id = storageId('stlogswest');
const standard = { location: 'westeurope', kind: 'StorageV2', tier: 'Standard' };

test('a Standard account in the region of its networks has no problem', () => {
  expect(storageProblem(id, 'westeurope', standard)).toBeNull();
});

test.each([
  { code: 'StorageAccountNotFound', account: null, says: 'rules[].destination' },
  {
    code: 'StorageAccountInOtherRegion',
    account: { ...standard, location: 'northeurope' },
    says: 'northeurope, the policy uses it for westeurope',
  },
  { code: 'StorageAccountTier', account: { ...standard, tier: 'Premium' }, says: 'Premium' },
])('$code is for the operator, names the account and says what is wrong', ({ code, account, says }) => {
  expect(storageProblem(id, 'westeurope', account)).toEqual({
    code,
    runbook: `docs/runbook.md#${code.toLowerCase()}`,
    actor: 'operator',
    resourceId: id,
    message: expect.stringContaining(says),
  });
});
