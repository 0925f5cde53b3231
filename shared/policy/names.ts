import { v5 as uuidv5 } from 'uuid';
import { nameOf, requireResourceId } from '../resource-id.ts';

const namespace = 'a9e0c2de-6d4b-5f0b-9a3f-3e0a6f2b7c11';

/** Placeholders that each name template may use; an identity's also those to which its rule gives a value. */
export const placeholders = {
  flowLog: ['network', 'resourceGroup', 'location'],
  identity: ['location', 'account'],
} as const;

/**
 * Our name for a network's flow log, 80 characters at most. All flow logs of a region share one network watcher, and
 * `a-b` in group `c` reads like `a` in `b-c`; so the name always ends in a hash of the network's id.
 */
export function flowLogName(template: string, networkId: string, location: string): string {
  const { resourceGroup, names } = requireResourceId(networkId);
  const suffix = uuidv5(networkId.toLowerCase(), namespace).slice(0, 8);
  const name = fill(template, { network: names[0], resourceGroup, location }, 71);
  return name === '' ? suffix : `${name}-${suffix}`;
}

/** The name of the identity of one storage account; `values` are the placeholders that the rule itself gives. Validation checks that no two accounts get the same. */
export function identityName(
  template: string,
  storageAccountId: string,
  location: string,
  values: Readonly<Record<string, string>> = {},
): string {
  return fill(template, { ...values, location, account: nameOf(storageAccountId) }, 128);
}

/** The name of a role assignment: the same for the same (scope, principal, role), so that a repeat finds its own. */
export function roleAssignmentName(scope: string, principalId: string, roleDefinitionId: string): string {
  return uuidv5(`${scope}|${principalId}|${roleDefinitionId}`.toLowerCase(), namespace);
}

/** Names for a role assignment whose own name Azure can't use, in the order in which they are tried. */
export function standInNames(roleAssignmentName: string): readonly string[] {
  return [1, 2].map((salt) => uuidv5(`${roleAssignmentName}|${salt}`.toLowerCase(), namespace));
}

function fill(template: string, values: Readonly<Record<string, string>>, limit: number): string {
  return template
    .replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '')
    .replaceAll(/[^A-Za-z0-9_-]/g, '-')
    .replace(/^[-_]+/, '')
    .slice(0, limit)
    .replace(/[-_]+$/, '');
}
