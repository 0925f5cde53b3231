import { z } from 'zod';
import { nameOf, sameId } from '../resource-id.ts';
import { readWith, type Violation } from '../violations.ts';
import { type Destination, destinationsOf } from './destinations.ts';
import { type Policy, policyDocument, type Rule } from './document.ts';
import { placeholders } from './names.ts';
import { rule } from './rule.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly [Violation, ...Violation[]] };

/** Reads a policy document. Reports every problem at once, with its path; guesses nothing. */
export function parsePolicy(document: unknown): ParsedPolicy {
  const read = readWith(policyDocument, document);
  if (!read.ok) return refused([...read.problems, ...problemsOfRules(document)]);
  const policy = read.value;
  const problems = [...policy.rules.flatMap(ruleProblems), ...destinationProblems(policy)];
  return problems.length > 0 ? refused(problems) : { ok: true, policy };
}

/** A mistake elsewhere does not hide those in rules that are well-formed by themselves. */
function problemsOfRules(document: unknown): Violation[] {
  const rules = z.object({ rules: z.array(z.unknown()) }).safeParse(document).data?.rules ?? [];
  return rules.flatMap((one, index) => {
    const { data } = rule.safeParse(one);
    return data ? ruleProblems(data, index) : [];
  });
}

function ruleProblems(one: Rule, index: number): Violation[] {
  return [
    ...templateProblems(one, index),
    ...valueProblems(one, index),
    ...givenProblems(one, index),
    ...workspaceProblems(one, index),
  ];
}

function refused(problems: readonly Violation[]): ParsedPolicy {
  const [first, ...rest] = problems;
  if (!first) throw new Error('A refusal needs a problem.');
  return { ok: false, problems: [first, ...rest] };
}

function templateProblems({ flowLog, identity }: Rule, index: number): Violation[] {
  const ofLog = placeholderProblems(`rules[${index}].flowLog.name`, flowLog.name, placeholders.flowLog, '');
  if (identity.kind !== 'ours') return ofLog;
  const known = [...placeholders.identity, ...Object.keys(identity.values)];
  const path = `rules[${index}].identity.name`;
  return [...ofLog, ...placeholderProblems(path, identity.name, known, ', or give it a value in identity.values')];
}

function placeholderProblems(path: string, template: string, known: readonly string[], otherwise: string): Violation[] {
  return [...template.matchAll(/\{([^{}]*)\}|[{}]/g)]
    .filter(([, name]) => !known.some((one) => one === name))
    .map(([whole]) => ({
      path,
      message: `${whole} is no placeholder; use ${known.map((one) => `{${one}}`).join(', ')}${otherwise}.`,
    }));
}

/** A value for a placeholder that has its own meaning would never be used. */
function valueProblems({ identity }: Rule, index: number): Violation[] {
  if (identity.kind !== 'ours') return [];
  return Object.keys(identity.values)
    .filter((name) => placeholders.identity.some((one) => one === name))
    .map((name) => ({
      path: `rules[${index}].identity.values.${name}`,
      message: `{${name}} is that of the storage account; call yours by another name.`,
    }));
}

function givenProblems({ identity, destination }: Rule, index: number): Violation[] {
  if (identity.kind !== 'given') return [];
  return Object.keys(destination)
    .filter((location) => !identity.identityId[location])
    .map((location) => ({
      path: `rules[${index}].identity.identityId.${location}`,
      message: `The destination of ${location} needs an identity; give its resource id.`,
    }));
}

function workspaceProblems({ trafficAnalytics, destination }: Rule, index: number): Violation[] {
  if (typeof trafficAnalytics !== 'object') return [];
  return Object.keys(destination)
    .filter((location) => !trafficAnalytics.workspaceResourceId[location])
    .map((location) => ({
      path: `rules[${index}].trafficAnalytics.workspaceResourceId.${location}`,
      message: `Traffic analytics of ${location} needs a workspace; give its resource id.`,
    }));
}

/** Two lanes must never own the same thing: an account has one id, region and identity, an identity of ours one account. */
function destinationProblems(policy: Policy): Violation[] {
  const all = destinationsOf(policy);
  return all.flatMap((one, index) => {
    const messages = [nameProblem(one), ...all.slice(0, index).map((earlier) => clash(earlier, one))];
    const message = messages.find((text) => text !== null);
    return message ? [{ path: one.path, message }] : [];
  });
}

/** Azure takes names of 3 to 128 characters for identities. */
function nameProblem({ identityId, ours }: Destination): string | null {
  if (!ours || !identityId) return null;
  const name = nameOf(identityId);
  return name.length >= 3 ? null : `The identity would be called "${name}", and Azure wants three characters at least.`;
}

function clash(earlier: Destination, one: Destination): string | null {
  const account = one.storageAccountId;
  if (sameId(nameOf(earlier.storageAccountId), nameOf(account))) {
    if (!sameId(earlier.storageAccountId, account))
      return `${earlier.storageAccountId} in ${earlier.path} has the same name, which only one storage account of Azure can have.`;
    if (earlier.location !== one.location)
      return `${account} is also the destination of ${earlier.location}; a flow log needs an account in its network's region.`;
    return sameId(earlier.identityId ?? 'none', one.identityId ?? 'none')
      ? null
      : `${account} has another identity in ${earlier.path}; an account has one.`;
  }
  const shared = earlier.identityId !== null && one.identityId !== null && sameId(earlier.identityId, one.identityId);
  return shared && (earlier.ours || one.ours)
    ? `The identity ${one.identityId} is also that of ${earlier.storageAccountId}; put {account} into the template, or give another.`
    : null;
}
