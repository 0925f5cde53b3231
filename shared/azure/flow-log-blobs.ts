import { requireResourceId } from '../resource-id.ts';
import { type ArmOutcome, said } from './arm-outcome.ts';
import type { FlowLogContainer } from './flow-log-container.ts';

const hours = 2;

/** The folders in which a flow log has ever delivered. */
export type FoldersOf = (flowLogId: string) => readonly string[];

/**
 * Finds where these flow logs have delivered. The documentation shows two layouts below a root that is called differently in
 * places (https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview and
 * https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview), so what there is is found by listing: the roots,
 * and one listing for all logs of a subscription or network watcher.
 */
export async function findFolders(
  container: FlowLogContainer,
  flowLogIds: readonly string[],
): Promise<ArmOutcome<FoldersOf>> {
  const roots = await container.foldersIn('');
  if (!roots.ok) return roots;
  const possible = (flowLogId: string) => roots.value.flatMap((root) => layouts(flowLogId).map((path) => root + path));
  const found = new Set<string>();
  for (const parent of new Set(flowLogIds.flatMap(possible).map(parentOf))) {
    const folders = await container.foldersIn(parent);
    if (!folders.ok) return folders;
    for (const folder of folders.value) found.add(folder);
  }
  return said((flowLogId) => possible(flowLogId).filter((folder) => found.has(folder)));
}

/** When the newest blob in these folders was last written to, ISO; null where nothing arrived in this hour and the one before. */
export async function newestBlob(
  container: FlowLogContainer,
  folders: readonly string[],
  now: Date,
): Promise<ArmOutcome<string | null>> {
  const written: string[] = [];
  for (const folder of folders) {
    for (let back = 0; back < hours && written.length === 0; back++) {
      const found = await container.writtenAt(`${folder}${hourOf(new Date(now.getTime() - back * 3_600_000))}`);
      if (!found.ok) return found;
      written.push(...found.value);
    }
  }
  return said(written.toSorted().at(-1) ?? null);
}

/** Below a root; segments are in upper case. */
function layouts(flowLogId: string): readonly string[] {
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const short = `${subscriptionId}_${resourceGroup}/${names.join('_')}/`;
  const whole = `${flowLogId.slice(1)}/`;
  return [short.toUpperCase(), whole.toUpperCase()];
}

function parentOf(folder: string): string {
  return folder.slice(0, folder.lastIndexOf('/', folder.length - 2) + 1);
}

function hourOf(at: Date): string {
  const [year, month, day, hour] = at.toISOString().split(/[-T:]/);
  return `y=${year}/m=${month}/d=${day}/h=${hour}/`;
}
