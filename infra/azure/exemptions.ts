import { z } from 'zod';
import type { exemption } from '../../shared/policy/scope.ts';

/** What `az policy exemption list` prints, as far as it matters here. Fields: Microsoft.Authorization/policyExemptions, 2022-07-01-preview. */
const exported = z.array(
  z.looseObject({
    id: z.string(),
    name: z.string(),
    displayName: z.string().nullish(),
    description: z.string().nullish(),
    exemptionCategory: z.string(),
    expiresOn: z.string().nullish(),
    resourceSelectors: z.array(z.unknown()).nullish(),
  }),
);

export type Exemption = z.input<typeof exemption>;
type Given = z.infer<typeof exported>[number];

/** Exemptions for the policy document, and those of Azure Policy that it has no words for, or no need of. */
export type Converted = {
  readonly exemptions: readonly Exemption[];
  readonly leftOut: readonly { readonly id: string; readonly why: string }[];
};

/** Turns exemptions of Azure Policy into those of the policy document. Nothing is guessed: what can't be said exactly is left out, and told. */
export function convertExemptions(document: unknown, now: Date): Converted {
  const converted = exported.parse(document).map((given) => ({ given, to: convert(given, now) }));
  return {
    exemptions: converted.flatMap(({ to }) => (typeof to === 'string' ? [] : [to])),
    leftOut: converted.flatMap(({ given, to }) => (typeof to === 'string' ? [{ id: given.id, why: to }] : [])),
  };
}

/** The exemption, or why there is none. */
function convert(given: Given, now: Date): Exemption | string {
  const { expiresOn, resourceSelectors } = given;
  if (expiresOn && Date.parse(expiresOn) <= now.getTime()) return `It expired on ${expiresOn}.`;
  if (resourceSelectors && resourceSelectors.length > 0)
    return 'It holds for some locations or types only (resourceSelectors); write it by hand.';
  const place = placeOf(given.id);
  if (place === undefined) return 'It exempts what is no network, and nothing that networks are in.';
  const said = [given.displayName || given.name, given.description].filter(Boolean).join(': ');
  const reason = `${said} (${given.exemptionCategory} in Azure Policy)`;
  return { reason, ...place, ...(expiresOn ? { expires: new Date(expiresOn).toISOString() } : {}) };
}

const extension = /\/providers\/Microsoft\.Authorization\/policyExemptions\/[^/]+$/i;
const places: readonly (readonly [RegExp, (id: string, name: string) => Omit<Exemption, 'reason'>])[] = [
  [/^\/providers\/Microsoft\.Management\/managementGroups\/([^/]+)$/i, (_, name) => ({ managementGroup: name })],
  [/^\/subscriptions\/([^/]+)$/i, (_, name) => ({ subscription: name })],
  [/^\/subscriptions\/[^/]+\/resourceGroups\/([^/]+)$/i, (id) => ({ resourceId: `${id}/*` })],
  [/\/providers\/Microsoft\.Network\/virtualNetworks\/([^/]+)$/i, (id) => ({ resourceId: id })],
];

function placeOf(exemptionId: string): Omit<Exemption, 'reason'> | undefined {
  const id = exemptionId.replace(extension, '');
  for (const [pattern, place] of places) {
    const name = pattern.exec(id)?.[1];
    if (name !== undefined) return place(id, name);
  }
  return undefined;
}
