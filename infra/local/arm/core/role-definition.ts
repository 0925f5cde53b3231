/** A role: what a principal that holds it may do. Wildcards as Azure's; names without case. */
export type RoleDefinition = {
  /** GUID in lower case. */
  readonly name: string;
  readonly roleName: string;
  readonly description: string;
  readonly roleType: 'BuiltInRole' | 'CustomRole';
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  readonly dataActions: readonly string[];
  readonly notDataActions: readonly string[];
  readonly assignableScopes: readonly string[];
};

/** Says whether a role allows a control-plane action. */
export function allowsAction(role: RoleDefinition, action: string): boolean {
  return matchesAny(role.actions, action) && !matchesAny(role.notActions, action);
}

/** Says whether a role allows a data-plane action. */
export function allowsDataAction(role: RoleDefinition, action: string): boolean {
  return matchesAny(role.dataActions, action) && !matchesAny(role.notDataActions, action);
}

/** The GUID at the end of a role definition's id, in lower case. */
export function roleDefinitionName(id: string): string {
  return (id.split('/').at(-1) ?? '').toLowerCase();
}

// A star stands for any text, slashes included; one between slashes for nothing, too: Managed Identity Operator has
// `userAssignedIdentities/*/read`, and may read identities.
/** Says whether one of the patterns matches an action. */
export function matchesAny(patterns: readonly string[], action: string): boolean {
  return patterns.some((pattern) => expression(pattern).test(action));
}

const expressions = new Map<string, RegExp>();

function expression(pattern: string): RegExp {
  const known = expressions.get(pattern);
  if (known !== undefined) return known;
  const text = pattern.split('*').map(escaped).join('.*').replaceAll('\\/.*\\/', '\\/(?:.*\\/)?');
  const made = new RegExp(`^${text}$`, 'i');
  expressions.set(pattern, made);
  return made;
}

function escaped(text: string): string {
  return text.replace(/[.\\/+?^${}()|[\]]/g, '\\$&');
}
