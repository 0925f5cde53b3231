import { ArmError } from './arm-error.ts';
import { arrayOf, isObject, type Json, type JsonObject, objectOf, stringOf } from './json.ts';
import { managementGroupsAbove } from './management-groups.ts';
import { scopesFrom } from './resource-id.ts';
import type { Resource, ResourceBody } from './resource-type.ts';
import type { World } from './world.ts';

export const policyAssignmentType = 'Microsoft.Authorization/policyAssignments';

/** Refuses with 403 `RequestDisallowedByPolicy` a write that an assigned policy with the effect `deny` forbids. */
export function refuseDisallowed(world: World, after: ResourceBody): void {
  if (world.store.list(policyAssignmentType).length === 0) return;
  const scopes = [...managementGroupsAbove(world, after.id), ...scopesFrom(after.id)];
  for (const scope of scopes) {
    const denying = world.store
      .list(policyAssignmentType, scope)
      .find((found) => isAt(found, scope) && denies(world, found, after));
    if (denying !== undefined) throw disallowed(world, denying, after);
  }
}

function denies(world: World, assignment: Resource, after: ResourceBody): boolean {
  const { properties } = assignment.body;
  const isExcluded = arrayOf(properties.notScopes).some((scope) =>
    `${after.id}/`.toLowerCase().startsWith(`${scope}/`.toLowerCase()),
  );
  const definition = definitionOf(world, assignment);
  if (definition === undefined || isExcluded || properties.enforcementMode === 'DoNotEnforce') return false;
  const rule = objectOf(withParameters(definition, objectOf(properties.parameters)).policyRule);
  const effect = stringOf(objectOf(rule.then).effect)?.toLowerCase();
  return effect === 'deny' && matches(objectOf(rule.if), after);
}

function definitionOf(world: World, assignment: Resource): Resource | undefined {
  return world.store.get(stringOf(assignment.body.properties.policyDefinitionId) ?? '');
}

/** Says whether a resource meets the `if` of a policy; throws an Error for what is not understood. */
export function matches(condition: JsonObject, after: ResourceBody): boolean {
  if (condition.allOf !== undefined) return arrayOf(condition.allOf).every((one) => matches(objectOf(one), after));
  if (condition.anyOf !== undefined) return arrayOf(condition.anyOf).some((one) => matches(objectOf(one), after));
  if (condition.not !== undefined) return !matches(objectOf(condition.not), after);
  const { field, ...test } = condition;
  const [operator, ...others] = Object.keys(test);
  if (typeof field !== 'string' || operator === undefined || others.length > 0)
    throw new Error(`A policy condition is not understood: ${JSON.stringify(condition)}`);
  return compare(operator, fieldOf(field, after), test[operator]);
}

function compare(operator: string, found: Json | undefined, wanted: Json | undefined): boolean {
  const text = (value: Json | undefined) => String(value ?? '').toLowerCase();
  switch (operator) {
    case 'equals':
      return text(found) === text(wanted);
    case 'notEquals':
      return text(found) !== text(wanted);
    case 'like':
      return new RegExp(
        `^${text(wanted)
          .replace(/[.\\+^${}()|[\]]/g, '\\$&')
          .replaceAll('*', '.*')}$`,
      ).test(text(found));
    case 'in':
      return arrayOf(wanted).some((one) => text(one) === text(found));
    case 'notIn':
      return !arrayOf(wanted).some((one) => text(one) === text(found));
    case 'exists':
      return (found !== undefined) === (text(wanted) === 'true');
    default:
      throw new Error(`A policy uses '${operator}', which is not understood.`);
  }
}

/** `type`, `name`, `location`, `tags['x']`, or an alias: the type and a path into the properties. */
function fieldOf(field: string, after: ResourceBody): Json | undefined {
  const tag = /^tags(?:\['(.+)'\]|\.(.+))$/.exec(field);
  if (tag !== null) return objectOf(after.tags)[tag[1] ?? tag[2] ?? ''];
  if (!field.includes('/')) return after[field];
  if (!field.toLowerCase().startsWith(`${after.type}/`.toLowerCase())) return undefined;
  const path = field.slice(after.type.length + 1).split('.');
  return path.reduce<Json | undefined>((value, name) => (isObject(value) ? value[name] : undefined), after.properties);
}

/** The definition's properties with `[parameters('x')]` replaced by what the assignment gives, else by the default. */
function withParameters({ body }: Resource, given: JsonObject): JsonObject {
  const declared = objectOf(body.properties.parameters);
  const replaced = JSON.stringify(body.properties).replace(/"\[parameters\('(\w+)'\)\]"/g, (_, name: string) =>
    JSON.stringify(objectOf(given[name]).value ?? objectOf(declared[name]).defaultValue ?? null),
  );
  return JSON.parse(replaced);
}

/** Whether the assignment is made at this very scope. */
export function isAt(assignment: Resource, scope: string): boolean {
  return assignment.key.startsWith(`${scope}/providers/microsoft.authorization/policyassignments/`.toLowerCase());
}

function disallowed(world: World, { body }: Resource, after: ResourceBody): ArmError {
  const definitionId = stringOf(body.properties.policyDefinitionId);
  const definition = world.store.get(definitionId ?? '')?.body;
  const identifiers = {
    policyAssignment: { name: stringOf(body.properties.displayName) ?? body.name, id: body.id },
    policyDefinition: { name: stringOf(definition?.properties.displayName) ?? definition?.name, id: definitionId },
  };
  const message = `Resource '${after.name}' was disallowed by policy. Policy identifiers: '${JSON.stringify([identifiers])}'.`;
  const info = {
    policyDefinitionDisplayName: identifiers.policyDefinition.name,
    policyDefinitionId: definitionId,
    policyAssignmentName: body.name,
    policyAssignmentId: body.id,
    policyDefinitionEffect: 'Deny',
  };
  const additionalInfo = [{ type: 'PolicyViolation', info }];
  return new ArmError(403, { code: 'RequestDisallowedByPolicy', target: after.name, message, additionalInfo });
}
