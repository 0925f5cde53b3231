import { nameOf, sameId } from '../resource-id.ts';
import { readWith, type Violation } from '../violations.ts';
import { type Destination, destinationsOf } from './destinations.ts';
import { type Policy, policyDocument, type Rule } from './document.ts';
import { placeholders } from './names.ts';

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: Policy }
  | { readonly ok: false; readonly problems: readonly [Violation, ...Violation[]] };

/** Reads a policy document. Reports every problem at once, with its path; guesses nothing. */
export function parsePolicy(document: unknown): ParsedPolicy {
  const read = readWith(policyDocument, document);
  if (!read.ok) return refused(read.problems);
  const policy = read.value;
  const problems = [
    ...policy.rules.flatMap(templateProblems),
    ...policy.rules.flatMap(givenProblems),
    ...policy.rules.flatMap(workspaceProblems),
    ...destinationProblems(policy),
  ];
  return problems.length > 0 ? refused(problems) : { ok: true, policy };
}

function refused(problems: readonly Violation[]): ParsedPolicy {
  const [first, ...rest] = problems;
  if (!first) throw new Error('A refusal needs a problem.');
  return { ok: false, problems: [first, ...rest] };
}

function templateProblems(rule: Rule, index: number): Violation[] {
  const templates: { path: string; text: string; known: readonly string[] }[] = [
    { path: `rules[${index}].flowLog.name`, text: rule.flowLog.name, known: placeholders.flowLog },
    ...(rule.identity.kind === 'ours'
      ? [
          {
            path: `rules[${index}].identity.name`,
            text: rule.identity.name,
            known: [...placeholders.identity, ...Object.keys(rule.identity.values)],
          },
        ]
      : []),
  ];
  return templates.flatMap(({ path, text, known }) =>
    [...text.matchAll(/\{([^{}]*)\}|[{}]/g)]
      .filter(([, name]) => !known.some((one) => one === name))
      .map(([whole]) => ({
        path,
        message: `${whole} is no placeholder; use ${known.map((one) => `{${one}}`).join(', ')}${path.endsWith('identity.name') ? ', or give it a value in identity.values' : ''}.`,
      })),
  );
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
    const messages = all.slice(0, index).map((earlier) => clash(earlier, one));
    const message = messages.find((text) => text !== null);
    return message ? [{ path: one.path, message }] : [];
  });
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
