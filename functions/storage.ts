import type { TokenCredential } from '@azure/core-auth';
import { TableClient } from '@azure/data-tables';
import { BlobServiceClient } from '@azure/storage-blob';
import { recordTables } from '../shared/records/records.ts';
import type { Settings } from './settings.ts';

/** The app's own storage: our tables, and the container with the policy. */
export type Storage = {
  readonly table: (name: string) => TableClient;
  readonly blobs: BlobServiceClient;
};

/** Opens the storage account of the settings. In Azure that is by identity; a connection string is for an emulator. */
export function openStorage({ storage, cloud }: Settings, credential: TokenCredential): Storage {
  if (storage.kind === 'connectionString') {
    const { text } = storage;
    // An emulator speaks plain HTTP; the connection string says whether it does.
    const allowInsecureConnection = /=http:\/\/|UseDevelopmentStorage=true/i.test(text);
    return {
      table: (name) => TableClient.fromConnectionString(text, name, { allowInsecureConnection }),
      blobs: BlobServiceClient.fromConnectionString(text),
    };
  }
  const domain = storageDomain(cloud.endpoint);
  return {
    table: (name) => new TableClient(`https://${storage.name}.table.${domain}`, name, credential),
    blobs: new BlobServiceClient(`https://${storage.name}.blob.${domain}`, credential),
  };
}

function storageDomain(armEndpoint: string): string {
  if (armEndpoint.endsWith('.usgovcloudapi.net')) return 'core.usgovcloudapi.net';
  if (armEndpoint.endsWith('.chinacloudapi.cn')) return 'core.chinacloudapi.cn';
  return 'core.windows.net';
}

const tableNames = ['lanes', ...recordTables];
export const containerName = 'flowkeeper';
/** Where the event subscriptions put what they could not deliver: see infra/azure/modules/app-storage.bicep. */
export const deadLetterContainer = 'dead-letters';

/** Makes our tables and containers where they are missing. Repeatable. */
export async function createStorage(storage: Storage): Promise<void> {
  await Promise.all([
    ...tableNames.map((name) => storage.table(name).createTable()),
    ...[containerName, deadLetterContainer].map((name) => storage.blobs.getContainerClient(name).createIfNotExists()),
  ]);
}
