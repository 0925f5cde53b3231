import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CertificateFiles } from './certificate.ts';
import type { Principal } from './estate-file.ts';
import type { ArmReady, AzuriteReady } from './ready-messages.ts';

/** Azurite's account, the same everywhere and documented by Microsoft: no secret. */
const azuriteAccount = 'devstoreaccount1';
const azuriteKey = 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==';

const aboutAnotherAzure = /^(AZURE_|IDENTITY_|MSI_|IMDS_)/i;
const aboutAnotherNetwork = /^(HTTPS?|ALL|NO)_PROXY$/i;

/**
 * The environment for processes of the local run: this process's own, without what could lead them to another Azure or, by way of a
 * proxy, off this machine. Compiled code is cached, because a process that was killed must be back within two seconds.
 */
export function childEnvironment(): Record<string, string | undefined> {
  const kept = Object.entries(process.env).filter(
    ([name]) => !aboutAnotherAzure.test(name) && !aboutAnotherNetwork.test(name) && name !== 'NODE_OPTIONS',
  );
  return { ...Object.fromEntries(kept), NODE_COMPILE_CACHE: join(tmpdir(), 'node-compile-cache') };
}

/** Names of what this environment has and `settings` says otherwise, and of proxies: a host that is started in it would not find the stand-ins. */
export function misleading(settings: Readonly<Record<string, string>>): readonly string[] {
  const isOther = (name: string) => settings[name] !== undefined && settings[name] !== process.env[name];
  return Object.keys(process.env).filter((name) => isOther(name) || aboutAnotherNetwork.test(name));
}

/** What Node 24 takes by itself on the 2,048 MB that Bicep asks for: see docs/decisions/memory-of-the-app.md. */
const heapOfAnInstance = '--max-old-space-size=1024 --max-semi-space-size=32';

/** The app settings of the function app: what Bicep gives it in Azure, pointing at the stand-ins. */
export function appSettings(
  arm: ArmReady,
  azurite: AzuriteReady,
  app: Principal,
  certificates: CertificateFiles,
): Record<string, string> {
  return {
    AzureWebJobsStorage: storageConnectionString(azurite),
    AZURE_TENANT_ID: arm.tenantId,
    AZURE_CLIENT_ID: app.clientId,
    FLOWKEEPER_PRINCIPAL_ID: app.principalId,
    FLOWKEEPER_ARM_ENDPOINT: arm.armEndpoint,
    FLOWKEEPER_DEPLOYMENT: 'local',
    FLOWKEEPER_LOG_LEVEL: process.env.FLOWKEEPER_LOG_LEVEL ?? 'info',
    IDENTITY_ENDPOINT: arm.identityEndpoint,
    IDENTITY_HEADER: arm.identityHeader,
    NODE_EXTRA_CA_CERTS: certificates.caFile,
    languageWorkers__node__arguments: heapOfAnInstance,
  };
}

/** The connection string of Azurite's account on its ports. */
export function storageConnectionString({ ports }: AzuriteReady): string {
  const endpoint = (port: number) => `http://127.0.0.1:${port}/${azuriteAccount}`;
  return [
    'DefaultEndpointsProtocol=http',
    `AccountName=${azuriteAccount}`,
    `AccountKey=${azuriteKey}`,
    `BlobEndpoint=${endpoint(ports.blob)}`,
    `QueueEndpoint=${endpoint(ports.queue)}`,
    `TableEndpoint=${endpoint(ports.table)}`,
    '',
  ].join(';');
}
