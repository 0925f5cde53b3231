import type { BlobServiceClient, BlockBlobClient } from '@azure/storage-blob';
import type { AppendRecord } from '../flow-log-delivery/deliver.ts';
import { flowLogContainer } from '../flow-log-delivery/silence.ts';
import type { Azurite } from './azurite.ts';

/**
 * Appends records as Azure does: a block for each, between one that opens the JSON document and one that closes it
 * (learn.microsoft.com/azure/network-watcher/flow-logs-read). The container is made when it is not there.
 */
export function createAppendRecord(azurite: Azurite): AppendRecord {
  const made = new Set<string>();
  return async (account, blobName, record) => {
    const service = await azurite.service(account);
    if (!made.has(account)) await service.getContainerClient(flowLogContainer).createIfNotExists();
    made.add(account);
    await append(blobIn(service, blobName), record);
  };
}

function blobIn(service: BlobServiceClient, name: string): BlockBlobClient {
  return service.getContainerClient(flowLogContainer).getBlockBlobClient(name);
}

async function append(blob: BlockBlobClient, record: string): Promise<void> {
  const ids = await committedIds(blob);
  const isNew = ids.length === 0;
  const [head = blockId(0), ...records] = ids.slice(0, -1);
  const tail = ids.at(-1) ?? blockId(99_999);
  const added = blockId(records.length + 1);
  if (isNew) await stage(blob, head, '{"records":[');
  await stage(blob, added, isNew ? record : `,${record}`);
  if (isNew) await stage(blob, tail, ']}');
  await blob.commitBlockList([head, ...records, added, tail], {
    blobHTTPHeaders: { blobContentType: 'application/octet-stream' },
  });
}

async function committedIds(blob: BlockBlobClient): Promise<readonly string[]> {
  if (!(await blob.exists())) return [];
  const { committedBlocks = [] } = await blob.getBlockList('committed');
  return committedBlocks.map(({ name }) => name);
}

async function stage(blob: BlockBlobClient, id: string, text: string): Promise<void> {
  await blob.stageBlock(id, text, Buffer.byteLength(text));
}

/** All ids of a blob have to be of one length. */
function blockId(number: number): string {
  return Buffer.from(String(number).padStart(5, '0')).toString('base64');
}
