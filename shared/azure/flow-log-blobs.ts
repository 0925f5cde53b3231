import { requireResourceId } from '../resource-id.ts';
import { type ArmOutcome, said } from './arm-outcome.ts';
import type { FlowLogContainer } from './flow-log-container.ts';

const hours = 2;

/**
 * When the newest blob of a flow log was last written to, ISO; null where nothing arrived in this hour and the one before.
 * The documentation shows two layouts below a root that is called differently in places, so the roots are found by listing:
 * https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview and
 * https://learn.microsoft.com/azure/network-watcher/nsg-flow-logs-overview
 */
export async function newestBlob(
  container: FlowLogContainer,
  roots: readonly string[],
  flowLogId: string,
  now: Date,
): Promise<ArmOutcome<string | null>> {
  const written: string[] = [];
  for (const folder of foldersOf(roots, flowLogId)) {
    for (let back = 0; back < hours && written.length === 0; back++) {
      const found = await container.writtenAt(`${folder}${hourOf(new Date(now.getTime() - back * 3_600_000))}`);
      if (!found.ok) return found;
      written.push(...found.value);
    }
  }
  return said(written.toSorted().at(-1) ?? null);
}

/** The folders that a log's blobs may be in. Segments are in upper case. */
function foldersOf(roots: readonly string[], flowLogId: string): readonly string[] {
  const { subscriptionId, resourceGroup, names } = requireResourceId(flowLogId);
  const short = `${subscriptionId}_${resourceGroup}/${names.join('_')}/`.toUpperCase();
  const whole = `${flowLogId.slice(1)}/`.toUpperCase();
  return roots.flatMap((root) => [`${root}${short}`, `${root}${whole}`]);
}

function hourOf(at: Date): string {
  const [year, month, day, hour] = at.toISOString().split(/[-T:]/);
  return `y=${year}/m=${month}/d=${day}/h=${hour}/`;
}
