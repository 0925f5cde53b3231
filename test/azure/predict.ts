import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { run } from '../../infra/azure/compiler.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const predictedResource = z.looseObject({
  id: z.string(),
  type: z.string(),
  name: z.string(),
  properties: z.record(z.string(), z.unknown()).default({}),
});
const snapshot = z.object({ predictedResources: z.array(predictedResource) });

/** A resource as the deployment would make it; what only Azure knows stays a template expression, `[reference(…)…]`. */
export type PredictedResource = z.infer<typeof predictedResource>;

export type Prediction = {
  /** The parameters file, its `using` line left out. */
  readonly parameters: string;
  /** The template, from the repository's root. */
  readonly template: string;
  /** Scope options of `bicep snapshot`, such as `--subscription-id`. */
  readonly scope: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/** What a deployment of a template with these parameters would make, as the Bicep compiler itself works it out, without Azure. */
export async function predictResources(bicep: string, prediction: Prediction): Promise<readonly PredictedResource[]> {
  await mkdir(join(root, '.tools'), { recursive: true });
  const folder = await mkdtemp(join(root, '.tools', 'predict-'));
  try {
    const file = join(folder, 'test.bicepparam');
    // Bicep takes relative paths only, and writes the snapshot beside its parameters.
    await writeFile(file, `using '../../${prediction.template}'\n${prediction.parameters}\n`);
    const args = ['snapshot', file, '--mode', 'overwrite', '--location', 'westeurope', ...prediction.scope];
    const finished = await run(bicep, args, { ...process.env, ...prediction.env });
    if (finished.exitCode !== 0) throw new Error(`${finished.stdout}${finished.stderr}`);
    return snapshot.parse(JSON.parse(await readFile(join(folder, 'test.snapshot.json'), 'utf8'))).predictedResources;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The only resource of a type, among those predicted. Throws where there are none or several. */
export function only(resources: readonly PredictedResource[], type: string): PredictedResource {
  const [resource, ...others] = ofType(resources, type);
  if (resource === undefined || others.length > 0)
    throw new Error(`Expected one ${type}, found ${ofType(resources, type).length}.`);
  return resource;
}

/** The resources of a type, among those predicted. */
export function ofType(resources: readonly PredictedResource[], type: string): readonly PredictedResource[] {
  return resources.filter((resource) => resource.type === type);
}
