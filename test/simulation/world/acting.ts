import { type Json, objectOf } from '../../../infra/local/arm/core/json.ts';
import type { ResourceBody } from '../../../infra/local/arm/core/resource-type.ts';
import { operator, otherTool } from './estate.ts';
import type { World } from './world.ts';

/** Random numbers of an act. */
export type Draw = (what: string) => number;

export const networkVersion = '2025-05-01';

export function resources({ azure }: World, type: string): readonly ResourceBody[] {
  return azure.world.store.list(type, '').map(({ body }) => body);
}

export function stringTags({ tags }: ResourceBody): Record<string, string> {
  return Object.fromEntries(Object.entries(objectOf(tags)).map(([name, value]) => [name, String(value)]));
}

export function put(world: World, id: string, body: Json): string {
  const { status } = world.azure.send(operator, 'PUT', id, networkVersion, body);
  return `PUT ${id}: ${status}`;
}

export function remove(world: World, id: string, version = networkVersion): string {
  const { status } = world.azure.send(otherTool, 'DELETE', id, version);
  return `DELETE ${id}: ${status}`;
}

export function chosen<T>(values: readonly T[], random: number): T | undefined {
  return values[Math.floor(random * values.length)];
}
