import { fork } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { TableClient } from '@azure/data-tables';

export type AzuriteTables = {
  /** A new table. */ createTable(): Promise<TableClient>;
  stop(): Promise<void>;
};

const account = 'devstoreaccount1';
/** Azurite's published development key: it opens nothing but emulators. */
const key = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

/** Starts Azurite as a process of its own, on free ports of 127.0.0.1, with nothing on disk. */
export async function startAzuriteTables(): Promise<AzuriteTables> {
  const program = createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js');
  const ports = ['--blobPort', '0', '--queuePort', '0', '--tablePort', '0'];
  const child = fork(program, [...ports, '--inMemoryPersistence', '--disableTelemetry', '--silent'], { silent: true });
  const exited = once(child, 'exit');
  const endpoint = `${await tablesUrl(child.stdout ?? [])}/${account}`;
  const connection = `DefaultEndpointsProtocol=http;AccountName=${account};AccountKey=${key};TableEndpoint=${endpoint};`;
  let tables = 0;
  return {
    async createTable() {
      const name = `lanes${++tables}`;
      const client = TableClient.fromConnectionString(connection, name, { allowInsecureConnection: true });
      await client.createTable();
      return client;
    },
    async stop() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** Azurite says where it listens once it does. */
async function tablesUrl(output: AsyncIterable<Buffer> | readonly Buffer[]): Promise<string> {
  let text = '';
  for await (const chunk of output) {
    text += chunk.toString();
    const [, url] = /Table service is successfully listening at (\S+:\d+)/.exec(text) ?? [];
    if (url) return url;
  }
  throw new Error(`Azurite ended before it was ready: ${text}`);
}
