import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { BicepServer } from './bicep-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const predictedResource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  apiVersion: z.string(),
  properties: z
    .union([
      z.record(z.string(), z.unknown()),
      z.string().transform((expression): Record<string, unknown> => ({ expression })),
    ])
    .default({}),
});
const answer = z.object({ snapshot: z.string() });
const snapshot = z.object({ predictedResources: z.array(predictedResource) });

/** A resource as the deployment would make it; what only Azure knows stays a template expression, `[reference(…)…]`. */
export type PredictedResource = z.infer<typeof predictedResource>;

export type Prediction = {
  /** The template, from the repository's root. */
  readonly template: string;
  /** The parameters file, its `using` line left out. */
  readonly parameters: string;
  /** Where it is deployed to: as much of it as the template's scope has. */
  readonly scope: {
    readonly tenantId?: string;
    readonly managementGroupId?: string;
    readonly subscriptionId?: string;
    readonly resourceGroup?: string;
  };
};

/** What a deployment of a template with these parameters would make, as the Bicep compiler itself works it out, without Azure. */
export async function predictResources(
  bicep: BicepServer,
  { template, parameters, scope }: Prediction,
): Promise<readonly PredictedResource[]> {
  await mkdir(join(root, '.tools'), { recursive: true });
  const folder = await mkdtemp(join(root, '.tools', 'predict-'));
  try {
    const path = join(folder, 'test.bicepparam');
    // Bicep takes relative paths only.
    await writeFile(path, `using '../../${template}'\n${parameters}\n`);
    const metadata = { location: 'westeurope', ...scope };
    const result = await bicep.request('bicep/getSnapshot', { path, metadata, externalInputs: null }).catch((cause) => {
      throw new Error(`Nothing can be predicted of ${template}. \`npm run infra:check\` says more.`, { cause });
    });
    return snapshot.parse(JSON.parse(answer.parse(result).snapshot)).predictedResources;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The only resource of a type, among those predicted. Throws where there are none or several. */
export function only(resources: readonly PredictedResource[], type: string): PredictedResource {
  const [resource, ...others] = ofType(resources, type);
  if (resource === undefined || others.length > 0) {
    throw new Error(`Expected one ${type}, found ${ofType(resources, type).length}.`);
  }
  return resource;
}

/** The resources of a type, among those predicted. */
export function ofType(resources: readonly PredictedResource[], type: string): readonly PredictedResource[] {
  return resources.filter((resource) => resource.type === type);
}
