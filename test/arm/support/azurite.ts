import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';
import { parseAzuriteReady } from '../../../infra/local/world/ready-messages.ts';

const program = fileURLToPath(new URL('../../../infra/local/world/azurite.ts', import.meta.url));
const account = 'devstoreaccount1';
/** Azurite's published development key: it opens nothing but emulators. */
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Azurite's blob service as a process of its own, on free ports. */
export async function startBlobStorage() {
  const dir = await mkdtemp(join(tmpdir(), 'flowkeeper-blobs-'));
  const child = fork(program, ['--data', dir], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const [message] = await once(child, 'message');
  const ready = parseAzuriteReady(message);
  if (ready === undefined) throw new Error('Azurite did not say that it is ready.');
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};BlobEndpoint=http://127.0.0.1:${ready.ports.blob}/${account};`;
  return {
    connectionString,
    blobs: BlobServiceClient.fromConnectionString(connectionString),
    /** Another account in it: every name is one. */
    account: (name: string) =>
      new BlobServiceClient(`http://127.0.0.1:${ready.ports.blob}/${name}`, new StorageSharedKeyCredential(name, key)),
    async stop() {
      child.kill('SIGTERM');
      await once(child, 'exit');
      await rm(dir, { recursive: true, force: true });
    },
  };
}
