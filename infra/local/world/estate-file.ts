import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { EnvironmentFile } from './env-file.ts';
import { StartError } from './start-error.ts';

const estateSchema = z.object({
  tenantId: z.string(),
  principals: z.array(z.object({ name: z.string(), clientId: z.string(), principalId: z.string() })),
  subscriptions: z.array(z.object({ subscriptionId: z.string(), displayName: z.string() })),
  resources: z.array(z.looseObject({ id: z.string(), location: z.string().optional() })),
});

/** The estate that the ARM simulator starts with, as far as the local run itself looks into it. */
export type EstateFile = z.infer<typeof estateSchema>;
export type Principal = EstateFile['principals'][number];

/** Reads an estate file; a StartError says what is wrong with it. */
export function readEstateFile(path: string): EstateFile {
  try {
    return estateSchema.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error).replaceAll('\n', ' ') : String(error);
    throw new StartError(`The estate file ${path} can't be used: ${reason}`);
  }
}

/** The principal with this name: every estate names `operator` (Owner of it all) and `flowkeeper` (the function app's identity). */
export function principalNamed(estate: EstateFile, name: 'operator' | 'flowkeeper'): Principal {
  const found = estate.principals.find((principal) => principal.name === name);
  if (found === undefined) throw new StartError(`The estate file names no principal '${name}'.`);
  return found;
}

/**
 * The subscriptions, each with the resource group where new VNets belong (the one that holds VNets already, else its first) and the
 * locations that occur in the whole estate.
 */
export function subscriptionsOf(estate: EstateFile): EnvironmentFile['subscriptions'] {
  const networks = estate.resources.filter(({ id }) => /\/virtualNetworks\/[^/]+$/i.test(id));
  const locations = [...new Set(networks.flatMap(({ location }) => location ?? []))].sort();
  return estate.subscriptions.map(({ subscriptionId, displayName }) => {
    const isHere = ({ id }: { id: string }) =>
      id.toLowerCase().startsWith(`/subscriptions/${subscriptionId}/`.toLowerCase());
    const home =
      networks.find(isHere) ??
      estate.resources.find((resource) => isHere(resource) && resourceGroupOf(resource.id) !== '');
    return {
      id: subscriptionId,
      name: displayName,
      resourceGroup: home === undefined ? '' : resourceGroupOf(home.id),
      locations,
    };
  });
}

function resourceGroupOf(id: string): string {
  return /\/resourceGroups\/([^/]+)/i.exec(id)?.[1] ?? '';
}
