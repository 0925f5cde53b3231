import { createPrivateKey, randomUUID, X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { generate } from 'selfsigned';

const dayMs = 24 * 60 * 60 * 1000;
const validDays = 365;
const renewBeforeDays = 30;

/** Paths of PEM files: the authority to trust, and what the HTTPS server of the ARM simulator shows. */
export type CertificateFiles = { readonly caFile: string; readonly certFile: string; readonly keyFile: string };

/**
 * Keeps a certificate authority and a server certificate for 127.0.0.1 and localhost in `dir`.
 * Both are made anew when they are missing, unreadable, do not fit together or end within 30 days. The authority's private key is
 * never written, so nobody can make further certificates with it.
 */
export async function ensureCertificates(dir: string, now: Date): Promise<CertificateFiles> {
  const files = {
    caFile: join(dir, 'ca.pem'),
    certFile: join(dir, 'server.pem'),
    keyFile: join(dir, 'server-key.pem'),
  };
  if (areUsable(files, now)) return files;

  const validity = {
    notBeforeDate: new Date(now.getTime() - dayMs),
    notAfterDate: new Date(now.getTime() + validDays * dayMs),
    keyType: 'ec',
    algorithm: 'sha256',
  } as const;
  // A name of its own, for a process that trusts several authorities of one name checks a signature against the first of them.
  const authorityName = `Flowkeeper local authority ${randomUUID()}`;
  const authority = await generate([{ name: 'commonName', value: authorityName }], {
    ...validity,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  const server = await generate([{ name: 'commonName', value: 'localhost' }], {
    ...validity,
    ca: { key: authority.private, cert: authority.cert },
    extensions: [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
        ],
      },
    ],
  });
  mkdirSync(dir, { recursive: true });
  writeFileSync(files.keyFile, server.private, { mode: 0o600 });
  writeFileSync(files.certFile, server.cert);
  writeFileSync(files.caFile, authority.cert);
  return files;
}

/**
 * Makes TLS clients of this process trust the authority in `caFile`, as NODE_EXTRA_CA_CERTS does for a process that is yet to be
 * started (Node reads that variable only once, at its start).
 */
export function trustAuthority(caFile: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(caFile, 'utf8')]);
}

function areUsable(files: CertificateFiles, now: Date): boolean {
  try {
    const authority = new X509Certificate(readFileSync(files.caFile));
    const server = new X509Certificate(readFileSync(files.certFile));
    const key = createPrivateKey(readFileSync(files.keyFile));
    const renewAt = new Date(server.validTo).getTime() - renewBeforeDays * dayMs;
    return server.verify(authority.publicKey) && server.checkPrivateKey(key) && now.getTime() < renewAt;
  } catch {
    return false;
  }
}
