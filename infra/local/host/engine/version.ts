/** How host.json says that versions of instances and app are matched. */
export type VersionMatch = 'None' | 'Strict' | 'CurrentOrOlder';

/** Whether an instance of a version may run in an app of another. No version is older than any. */
export function versionMayRun(version: string, appVersion: string | null, match: VersionMatch): boolean {
  if (match === 'None' || appVersion === null || appVersion === '') return true;
  return match === 'Strict' ? version === appVersion : compareVersions(version, appVersion) <= 0;
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  if ([...left, ...right].some(Number.isNaN)) return a.localeCompare(b, 'en', { sensitivity: 'base' });
  for (let at = 0; at < Math.max(left.length, right.length); at++) {
    const difference = (left[at] ?? 0) - (right[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
