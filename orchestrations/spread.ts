/** A number from 0 to 1 made from the instance id and the attempt: a replay gets the same, other instances get others. FNV-1a. */
export function spread(instanceId: string, attempt: number): number {
  let hash = 0x811c9dc5;
  for (const character of `${instanceId}#${attempt}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  }
  return hash / 0xffffffff;
}
