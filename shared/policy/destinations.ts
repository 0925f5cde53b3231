import { v5 as uuidv5 } from 'uuid';
import { nameOf, sameId } from '../resource-id.ts';
import type { Mode, Policy, Rule } from './document.ts';
import { identityName } from './names.ts';

/** A storage account that the policy sends flow logs to, and the identity that may write to it. */
export type Destination = {
  readonly storageAccountId: string;
  readonly location: string;
  /** Null where the rule says that logs have no identity. */
  readonly identityId: string | null;
  /** Made, changed and removed by us; a given identity never is. */
  readonly ours: boolean;
  /** Whether flow logs that go there end their records by a retention of their own. */
  readonly retention: boolean;
  /** The loosest mode of the rules that use it: the account is only worked on where one of them enforces. */
  readonly mode: Mode;
  /** Where the policy names it. */
  readonly path: string;
};

/** Storage Blob Data Contributor, the role that Azure's documentation asks for, and nothing wider. */
export const blobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe';

/** All destinations of a policy, in its order; an account that several rules name occurs as often. */
export function destinationsOf(policy: Policy): readonly Destination[] {
  return policy.rules.flatMap((rule, index) =>
    Object.entries(rule.destination).map(([location, storageAccountId]) => ({
      ...destinationOf(rule, location, storageAccountId),
      mode: ruleMode(policy, rule),
      retention: rule.flowLog.retentionDays > 0,
      path: `rules[${index}].destination.${location}`,
    })),
  );
}

/** The destination of one storage account, or null where the policy does not name it. */
export function destinationOfAccount(policy: Policy, account: string): Destination | null {
  const named = destinationsOf(policy).filter((one) => sameId(nameOf(one.storageAccountId), account));
  const one = named.find(({ mode }) => mode === 'enforce') ?? named[0];
  return one ? { ...one, retention: named.some(({ retention }) => retention) } : null;
}

/** The mode of a rule: its own, else the policy's. `off` for the whole policy is the kill switch and wins over every rule. */
export function ruleMode(policy: Policy, rule: Rule): Mode {
  return policy.mode === 'off' ? 'off' : (rule.mode ?? policy.mode);
}

/** Changes whenever what has to be provided changes: account, identity or role. */
export function destinationSpec({
  storageAccountId,
  identityId,
}: Pick<Destination, 'storageAccountId' | 'identityId'>): string {
  return uuidv5([storageAccountId, identityId ?? 'none', blobDataContributor].join('|').toLowerCase(), uuidv5.URL);
}

/** What a rule gives for a location. */
export function destinationOf(
  rule: Rule,
  location: string,
  storageAccountId: string,
): Pick<Destination, 'storageAccountId' | 'location' | 'identityId' | 'ours'> {
  const ours = rule.identity.kind === 'ours';
  return { storageAccountId, location, identityId: identityOf(rule, location, storageAccountId), ours };
}

function identityOf({ identity }: Rule, location: string, storageAccountId: string): string | null {
  switch (identity.kind) {
    case 'none':
      return null;
    case 'given':
      return identity.identityId[location] ?? null;
    case 'ours': {
      const name = identityName(identity.name, storageAccountId, location, identity.values);
      return `${identity.resourceGroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
    }
  }
}
