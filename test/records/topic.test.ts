import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ensureCertificates, trustAuthority } from '../../infra/local/world/certificate.ts';
import { emptyRecord } from '../../shared/records/network-record.ts';
import { openTopic } from '../../shared/records/topic.ts';

type Received = {
  readonly contentType: string | undefined;
  readonly authorization: string | undefined;
  readonly events: unknown;
};

const folder = mkdtempSync(join(tmpdir(), 'flowkeeper-topic-'));
const received: Received[] = [];
let server: Server;
let endpoint: string;

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
        response.writeHead(200).end();
      });
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `https://127.0.0.1:${(server.address() as AddressInfo).port}/api/events`;
});
afterAll(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true, force: true });
});

const credential = {
  getToken: () => Promise.resolve({ token: 'a-token', expiresOnTimestamp: Date.now() + 3_600_000 }),
};
const record = {
  ...emptyRecord(
    '/subscriptions/11111111-1111-4111-8111-111111111111/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-a',
  ),
  state: 'Compliant',
  policyHash: 'h1',
  checkedAt: '2026-11-23T08:00:03.000Z',
};

describe('changes of state', () => {
  it('go to the topic as CloudEvents, by the identity of the app, with the id of the change', async () => {
    const topic = openTopic(endpoint, credential);
    await topic.stateChanged('change-1', 'NonCompliant', record);
    await topic.stateChanged('change-1', 'NonCompliant', record);
    expect(received).toHaveLength(2);
    expect(received[0]).toEqual(received[1]);
    expect(received[0]).toMatchObject({
      contentType: expect.stringContaining('application/cloudevents-batch+json'),
      authorization: 'Bearer a-token',
      events: [
        {
          specversion: '1.0',
          id: 'change-1',
          type: 'Flowkeeper.Network.StateChanged',
          source: '/flowkeeper',
          subject: record.id,
          time: '2026-11-23T08:00:03.000Z',
          data: { before: 'NonCompliant', after: 'Compliant', policyHash: 'h1' },
        },
      ],
    });
  });

  it('go nowhere where no topic is configured', async () => {
    const before = received.length;
    await openTopic(null, credential).stateChanged('change-2', null, record);
    expect(received).toHaveLength(before);
  });
});
