import { z } from 'zod';

const policySchema = z.object({
  rules: z.array(
    z.object({
      destination: z.record(z.string(), z.string()),
      identity: z.discriminatedUnion('kind', [
        z.object({ kind: z.literal('ours'), resourceGroupId: z.string(), name: z.string() }),
        z.object({ kind: z.literal('given'), identityId: z.record(z.string(), z.string()) }),
        z.object({ kind: z.literal('none') }),
      ]),
    }),
  ),
});

export type PolicyDestination = {
  readonly location: string;
  readonly storageAccountId: string;
  readonly identityId: string | null;
};

/**
 * Where flow logs go by a policy document, and with which identity: one entry per location, from the first rule that names it.
 * Empty for a document that is none, for the function app is the one to say what is wrong with it.
 */
export function destinationsOf(policy: unknown): readonly PolicyDestination[] {
  const found = new Map<string, PolicyDestination>();
  for (const rule of policySchema.safeParse(policy).data?.rules ?? []) {
    for (const [location, storageAccountId] of Object.entries(rule.destination)) {
      if (found.has(location)) continue;
      found.set(location, {
        location,
        storageAccountId,
        identityId: identityFor(rule.identity, location, storageAccountId),
      });
    }
  }
  return [...found.values()];
}

function identityFor(
  identity: z.infer<typeof policySchema>['rules'][number]['identity'],
  location: string,
  storageAccountId: string,
): string | null {
  if (identity.kind === 'none') return null;
  if (identity.kind === 'given') return identity.identityId[location] ?? null;
  const account = storageAccountId.split('/').at(-1) ?? '';
  const name = identity.name.replaceAll('{location}', location).replaceAll('{account}', account);
  return `${identity.resourceGroupId}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
}
