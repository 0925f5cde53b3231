import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const example = join(import.meta.dirname, '../../../infra/local/example');
const estate = z.looseObject({
  principals: z.array(z.looseObject({ principalId: z.string() })),
  resources: z.array(
    z.looseObject({ id: z.string(), properties: z.looseObject({ principalId: z.string().optional() }).optional() }),
  ),
});

export type EstateResource = { readonly id: string; readonly [field: string]: unknown };

/**
 * Writes the example estate as it was before anyone made a network: groups, storage accounts and rights only; without
 * what `without` says, and with what is added.
 */
export function writeBareEstate(file: string, without?: RegExp, added: readonly EstateResource[] = []): void {
  const { principals, resources, ...rest } = estate.parse(
    JSON.parse(readFileSync(join(example, 'estate.json'), 'utf8')),
  );
  const made = /\/(virtualNetworks|networkInterfaces|virtualMachines|networkWatchers|userAssignedIdentities)\//i;
  const keeps = ({ id, properties }: (typeof resources)[number]) =>
    !made.test(id) &&
    without?.test(id) !== true &&
    (!/\/roleAssignments\//i.test(id) || principals.some((one) => one.principalId === properties?.principalId));
  writeFileSync(file, JSON.stringify({ ...rest, principals, resources: [...resources.filter(keeps), ...added] }));
}

export type PolicyDocument = {
  mode: string;
  rules: { name: string; identity: unknown; destination: Record<string, string>; [field: string]: unknown }[];
  exemptions: unknown[];
  limits: Record<string, unknown>;
  [field: string]: unknown;
};

/** The example policy, which settles in two seconds; for scenarios it settles in one. */
export function examplePolicy(): PolicyDocument {
  const policy: PolicyDocument = JSON.parse(readFileSync(join(example, 'policy.json'), 'utf8'));
  return { ...policy, limits: { ...policy.limits, settleSeconds: 1 } };
}
