import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ensureCertificates, trustAuthority } from '../../infra/local/world/certificate.ts';
import { emptyRecord, type NetworkRecord } from '../../shared/records/network-record.ts';
import { openRecords, type Records } from '../../shared/records/records.ts';
import { tableRows } from '../../shared/records/table-rows.ts';
import { openTopic } from '../../shared/records/topic.ts';
import { noteNetwork } from '../../shared/work/note-network.ts';
import { tellChanges } from '../../shared/work/tell-changes.ts';
import { type AzuriteTables, startAzuriteTables } from '../inbox/support/azurite-tables.ts';

type Received = {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly events: unknown;
};

const folder = mkdtempSync(join(tmpdir(), 'flowkeeper-topic-'));
const received: Received[] = [];
let refusals = 0;
let server: Server;
let endpoint: string;
let azurite: AzuriteTables;
let records: Records;

/** An Event Grid topic, as far as a publisher sees one. */
beforeAll(async () => {
  const files = await ensureCertificates(folder, new Date());
  trustAuthority(files.caFile);
  server = createServer(
    { cert: readFileSync(files.certFile), key: readFileSync(files.keyFile) },
    (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { 'content-type': contentType, authorization } = request.headers;
        received.push({ contentType, authorization, events: JSON.parse(Buffer.concat(chunks).toString('utf8')) });
        response.writeHead(refusals-- > 0 ? 400 : 200).end();
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  azurite = await startAzuriteTables();
  const tables = { networks: await azurite.createTable(), changes: await azurite.createTable() };
  records = openRecords((name, ...shape) => tableRows(name === 'changes' ? tables.changes : tables.networks, ...shape));
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/api/events`;
});
afterAll(async () => {
  server.close();
  server.closeAllConnections();
  await azurite.stop();
  rmSync(folder, { recursive: true, force: true });
});

const credential = {
  getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const record = (name: string, state: string, checkedAt = '2026-11-23T08:00:03.000Z') => ({
  ...emptyRecord(
    `/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/${name}`,
  ),
  state,
  policyHash: 'h1',
  checkedAt,
});
const log = pino({ enabled: false });
const tell = () => tellChanges({ records, topic: openTopic(endpoint, credential), log });
const note = (cause: string, before: NetworkRecord | null, after: NetworkRecord) =>
  noteNetwork({ records, topic: openTopic(endpoint, credential) }, cause, before, after);
const untold = () => Array.fromAsync(records.changes.list());

describe('changes of state', () => {
  beforeEach(() => {
    received.length = 0;
    refusals = 0;
  });

  it('go to the topic as CloudEvents, by the identity of the app, and once they are taken not again', async () => {
    await note('run-1', record('vnet-a', 'NonCompliant'), record('vnet-a', 'Compliant'));
    await tell();
    await tell();
    expect(received).toHaveLength(1);
    expect(received[0]).toMatchObject({
      contentType: expect.stringContaining('application/cloudevents-batch+json'),
      authorization: 'Bearer a-token',
      events: [
        {
          specversion: '1.0',
          type: 'Flowkeeper.Network.StateChanged',
          source: '/flowkeeper',
          subject: record('vnet-a', '').id,
          time: '2026-11-23T08:00:03.000Z',
          data: { before: 'NonCompliant', after: 'Compliant', policyHash: 'h1' },
        },
      ],
    });
  });

  it('stay where the topic refuses them, and come later with the same ids, oldest first', async () => {
    await note('run-2', null, record('vnet-late', 'Blocked', '2026-11-23T09:00:00.000Z'));
    await note('run-2', null, record('vnet-early', 'Blocked', '2026-11-23T08:30:00.000Z'));
    refusals = 1;
    await tell();
    expect(await untold()).toHaveLength(2);
    await tell();
    expect(await untold()).toEqual([]);
    const [refused, taken] = received.map(({ events }) => events);
    expect(taken).toEqual(refused);
    expect(taken).toMatchObject([{ subject: record('vnet-early', '').id }, { subject: record('vnet-late', '').id }]);
  });

  it('are one change where the run that saw it is repeated, and none where the state is the same', async () => {
    await note('run-3', null, record('vnet-b', 'Compliant'));
    await note('run-3', null, record('vnet-b', 'Compliant', '2026-11-23T10:00:00.000Z'));
    await note('run-3', record('vnet-c', 'Compliant'), record('vnet-c', 'Compliant'));
    expect((await untold()).map(({ networkId }) => networkId)).toEqual([record('vnet-b', '').id]);
    await tell();
  });

  it('are not even kept where no topic is configured', async () => {
    await noteNetwork({ records, topic: openTopic(null, credential) }, 'run-4', null, record('vnet-d', 'Compliant'));
    expect(await untold()).toEqual([]);
  });
});
