import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ensureCertificates, trustAuthority } from '../../infra/local/world/certificate.ts';

const today = new Date();
const inDays = (days: number) => new Date(today.getTime() + days * 24 * 60 * 60 * 1000);

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'flowkeeper-certs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));

it('serves 127.0.0.1 and localhost to who trusts the authority', async () => {
  const { caFile, certFile, keyFile } = await ensureCertificates(dir, today);
  const server = createServer({ cert: readFileSync(certFile), key: readFileSync(keyFile) }, (_, response) =>
    response.end('here'),
  );
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  try {
    await expect(fetch(`https://127.0.0.1:${port}`)).rejects.toThrow();
    trustAuthority(caFile);
    expect(await (await fetch(`https://127.0.0.1:${port}`)).text()).toBe('here');
    expect(await (await fetch(`https://localhost:${port}`)).text()).toBe('here');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

it('keeps its certificates until they are near their end or damaged', async () => {
  const { caFile, keyFile } = await ensureCertificates(dir, today);
  const authority = () => readFileSync(caFile, 'utf8');
  const first = authority();
  await ensureCertificates(dir, inDays(300));
  expect(authority()).toBe(first);

  await ensureCertificates(dir, inDays(340));
  const second = authority();
  expect(second).not.toBe(first);

  writeFileSync(keyFile, 'damaged');
  await ensureCertificates(dir, today);
  expect(authority()).not.toBe(second);
});
