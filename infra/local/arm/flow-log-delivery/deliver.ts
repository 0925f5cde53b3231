import { parseResourceId } from '../core/resource-id.ts';
import type { ResourceBody } from '../core/resource-type.ts';
import type { World } from '../core/world.ts';
import { interfacesOf, isRunning, virtualMachineType } from '../resource-types/virtual-machines.ts';
import { blobNameOf, recordOf } from './block.ts';
import { logOf } from './coverage.ts';
import { silenceOf } from './silence.ts';

/** Appends a record to the blob of an hour in a storage account, as flow logs do: the blob is whole JSON after each. */
export type AppendRecord = (account: string, blobName: string, record: string) => Promise<void>;

/**
 * The delivery of flow logs: every so many seconds of the clock, each running machine's minute is written for the flow log that
 * records it, where nothing keeps that log silent. Work grows with the machines that run, not with the estate. `pump` writes
 * what is due and returns when it is due again; minutes that the clock was set over are not made up for.
 */
export function createFlowLogDelivery(world: World, append: AppendRecord, everySeconds: number, changed: () => void) {
  let dueAt = world.clock.now();
  let writing = false;

  function pump(): number | null {
    const now = world.clock.now();
    if (writing) return null;
    if (now < dueAt) return dueAt;
    dueAt = now + everySeconds * 1000;
    const blocks = blocksDue(world, now);
    if (blocks.length === 0) return dueAt;
    writing = true;
    void writeAll(blocks).finally(() => {
      writing = false;
      changed();
    });
    return null;
  }

  // One after the other: whoever reads meanwhile shall not wait for the machines of a whole estate.
  async function writeAll(blocks: readonly Block[]): Promise<void> {
    for (const { account, name, record } of blocks) {
      await append(account, name, record).catch((error: unknown) => {
        console.error(`The flow log ${name} could not be written: ${error instanceof Error ? error.message : error}`);
      });
    }
  }

  return { pump };
}

type Block = { readonly account: string; readonly name: string; readonly record: string };

function blocksDue(world: World, now: number): readonly Block[] {
  const silent = new Map<ResourceBody, boolean>();
  const isSilent = (flowLog: ResourceBody) => {
    const known = silent.get(flowLog) ?? silenceOf(world, flowLog) !== undefined;
    silent.set(flowLog, known);
    return known;
  };
  const running = world.store.list(virtualMachineType).filter(({ body }) => isRunning(body));
  return running
    .flatMap(({ body }) => interfacesOf(body))
    .flatMap((id) => {
      const networkInterface = world.store.get(id)?.body;
      const flowLog = networkInterface === undefined ? undefined : logOf(world, networkInterface);
      if (networkInterface === undefined || flowLog === undefined || isSilent(flowLog)) return [];
      return {
        account: parseResourceId(String(flowLog.properties.storageId))?.name ?? '',
        name: blobNameOf(flowLog, networkInterface, now, world.switches.flowLogPath),
        record: JSON.stringify(recordOf(flowLog, networkInterface, now)),
      };
    });
}
