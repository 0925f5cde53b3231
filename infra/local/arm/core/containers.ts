/**
 * What a resource is filed under, from its key (its id in lower case): everything (`''`), its subscription, its
 * resource group, and the resource or scope that directly holds it. Works on slices of the key, because an estate has
 * hundreds of thousands of resources.
 */
export function containersOf(key: string): readonly string[] {
  const holder = holderOf(key);
  const subscription = key.startsWith('/subscriptions/') ? endOfSegment(key, 2) : 0;
  const isInGroup = key.startsWith('/resourcegroups/', subscription) && subscription > 0;
  const group = isInGroup ? endOfSegment(key, 4) : 0;
  const containers = [''];
  if (subscription > 0) containers.push(key.slice(0, subscription));
  if (group > 0 && group < key.length) containers.push(key.slice(0, group));
  if (holder.length > 0 && holder.length !== subscription && holder.length !== group) containers.push(holder);
  return containers;
}

/** The parent of a nested resource (`…/networkwatchers/w/flowlogs/f`), else the scope before the last `/providers/`. */
function holderOf(key: string): string {
  const providers = key.lastIndexOf('/providers/');
  if (providers < 0) return key.slice(0, key.lastIndexOf('/', key.lastIndexOf('/') - 1));
  const provided = key.slice(providers).split('/').length;
  return provided > 5 ? key.slice(0, key.lastIndexOf('/', key.lastIndexOf('/') - 1)) : key.slice(0, providers);
}

/** Where the segment with this number (from 1) ends. */
function endOfSegment(key: string, number: number): number {
  let end = 0;
  for (let count = 0; count < number; count += 1) {
    end = key.indexOf('/', end + 1);
    if (end < 0) return key.length;
  }
  return end;
}
