import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { convertExemptions } from '../../infra/azure/exemptions.ts';
import { decideIntent } from '../../shared/decide/intent.ts';
import { parsePolicy } from '../../shared/policy/parse-policy.ts';

const fixture = fileURLToPath(new URL('fixtures/policy-exemptions.json', import.meta.url));
const program = fileURLToPath(new URL('../../infra/azure/import-exemptions.ts', import.meta.url));
const example = fileURLToPath(new URL('../../infra/local/example/policy.json', import.meta.url));
const now = new Date('2026-11-25T00:00:00Z');
const payments = '/subscriptions/1c7f3a52-6e0b-4b8e-9a41-0d5b7c2e1001/resourceGroups';
const retail = '/subscriptions/2d8a4b63-7f1c-4c9f-8b52-1e6c8d3f2002/resourceGroups';

const readJson = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const { exemptions, leftOut } = convertExemptions(readJson(fixture), now);

describe('exemptions of Azure Policy, as exported', () => {
  test('become exemptions at the same scope, with their reason and their end', () => {
    expect(exemptions).toEqual([
      {
        reason: 'Lab networks: No customer traffic. (Waiver in Azure Policy)',
        resourceId: `${payments}/rg-lab/*`,
        expires: '2027-03-31T22:00:00.000Z',
      },
      {
        reason: 'hub (Mitigated in Azure Policy)',
        resourceId: `${payments}/rg-hub/providers/Microsoft.Network/virtualNetworks/vnet-hub`,
      },
      { reason: 'Sandbox (Waiver in Azure Policy)', subscription: '2d8a4b63-7f1c-4c9f-8b52-1e6c8d3f2002' },
      { reason: 'old (Waiver in Azure Policy)', managementGroup: 'decommissioned' },
    ]);
  });

  test('are left out, and told, where they ended, or hold for less than can be said, or for no network', () => {
    const names = leftOut.map(({ id, why }) => [id.split('/').at(-1), why]);
    expect(names).toEqual([
      ['expired', 'It expired on 2025-01-01T00:00:00+00:00.'],
      ['one-region', expect.stringContaining('resourceSelectors')],
      ['account', expect.stringContaining('no network')],
    ]);
  });

  test('exempt the same networks once they are in the policy document, and no other', () => {
    const parsed = parsePolicy({ ...readJson(example), exemptions });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const kindOf = (id: string) => {
      const network = {
        id,
        location: 'westeurope',
        tags: {},
        resourceGuid: null,
        provisioningState: 'Succeeded',
      };
      return decideIntent(parsed.policy, network, now.toISOString(), { known: true, value: [] }).kind;
    };
    const network = (group: string, name: string) => `${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
    expect(kindOf(network(`${payments}/rg-lab`, 'any'))).toBe('exempt');
    expect(kindOf(network(`${payments}/rg-hub`, 'vnet-hub'))).toBe('exempt');
    expect(kindOf(network(`${retail}/rg-any`, 'any'))).toBe('exempt');
    expect(kindOf(network(`${payments}/rg-hub`, 'vnet-hub-2'))).toBe('desired');
    expect(kindOf(network(`${payments}/rg-lab-2`, 'any'))).toBe('desired');
  });
});

describe('npm run exemptions', () => {
  const convert = (input: string) => spawnSync(process.execPath, [program], { input, encoding: 'utf8' });

  test('reads the export and prints what goes into the policy document', () => {
    const { status, stdout, stderr } = convert(readFileSync(fixture, 'utf8'));
    expect({ status, exemptions: JSON.parse(stdout) }).toEqual({ status: 0, exemptions });
    expect(stderr.match(/^Left out: /gm)).toHaveLength(3);
  });

  test('says so where it is given something else', () => {
    const { status, stdout, stderr } = convert('{"value": []}');
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toContain('az policy exemption list');
  });
});
