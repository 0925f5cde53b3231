import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const example = join(import.meta.dirname, '../example/estate.json');
const estateSchema = z.looseObject({
  resources: z.array(z.looseObject({ id: z.string(), location: z.string().optional() })),
});

/** Regions that the estate of the demo has yet to move into: there the first VNet, and the first trouble, come on stage. */
const newRegions = ['uksouth', 'germanywestcentral'];

/** Writes the example estate, without the VNets and flow logs of two regions, to `file`. */
export function writeDemoEstate(file: string): void {
  const estate = estateSchema.parse(JSON.parse(readFileSync(example, 'utf8')));
  const isYetToCome = ({ id, location }: { id: string; location?: string | undefined }) =>
    newRegions.includes(location ?? '') && /\/(virtualNetworks|flowLogs)\/[^/]+$/i.test(id);
  const resources = estate.resources.filter((resource) => !isYetToCome(resource));
  writeFileSync(file, JSON.stringify({ ...estate, resources }));
}
