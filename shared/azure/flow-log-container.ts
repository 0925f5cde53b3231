import type { TokenCredential } from '@azure/core-auth';
import { ContainerClient, RestError } from '@azure/storage-blob';
import type { ArmCloud } from './arm-clients.ts';
import { type ArmOutcome, said } from './arm-outcome.ts';

/** The container that Azure makes in the storage account of a flow log. */
export const flowLogContainer = 'insights-logs-flowlogflowevent';

/** What flow logs have delivered into one storage account. A container that is not there holds nothing; a refusal is a value. */
export type FlowLogContainer = {
  /** The folders right below one ('': the container itself); their names are whole, and end in a slash. */
  foldersIn(folder: string): Promise<ArmOutcome<readonly string[]>>;
  /** When blobs below a prefix were last written to, ISO; at most a hundred of them. */
  writtenAt(prefix: string): Promise<ArmOutcome<readonly string[]>>;
};

/** Opens the container at an account's blob endpoint (`primaryEndpoints.blob`). */
export type OpenFlowLogContainer = (account: string, blobEndpoint: string) => FlowLogContainer;

/** Two tries: what can't be read now is looked at by the next sweep. */
const retryOptions = { maxTries: 2 };

/** By the app's identity; its token goes only to hosts of Azure Storage, or to the host of the ARM endpoint that the settings name. */
export function openFlowLogContainers({ endpoint }: ArmCloud, credential: TokenCredential): OpenFlowLogContainer {
  const arm = new URL(endpoint).hostname;
  return (account, blobEndpoint) => {
    const { protocol, hostname } = new URL(blobEndpoint);
    const ofAccount = hostname.startsWith(`${account.toLowerCase()}.`) && storageDomain.test(hostname);
    if (protocol !== 'https:' || !(ofAccount || hostname === arm))
      throw new Error(`Refused to send a token to ${hostname}: it is no blob endpoint of ${account}.`);
    const url = `${blobEndpoint.replace(/\/$/, '')}/${flowLogContainer}`;
    return flowLogsIn(new ContainerClient(url, credential, { retryOptions }));
  };
}

/** What flow logs have delivered into a container that is open. */
export function flowLogsIn(container: ContainerClient): FlowLogContainer {
  return {
    foldersIn: (folder) => listed(() => foldersIn(container, folder)),
    writtenAt: (prefix) => listed(() => firstPage(container, prefix)),
  };
}

/** Accounts of a DNS zone have `z01.blob.storage.azure.net` in all clouds. */
const storageDomain =
  /\.blob\.(core\.windows\.net|core\.usgovcloudapi\.net|core\.chinacloudapi\.cn|storage\.azure\.net)$/;

async function foldersIn(container: ContainerClient, folder: string): Promise<readonly string[]> {
  const items = await Array.fromAsync(container.listBlobsByHierarchy('/', { prefix: folder }));
  return items.flatMap((item) => (item.kind === 'prefix' ? [item.name] : []));
}

async function firstPage(container: ContainerClient, prefix: string): Promise<readonly string[]> {
  const pages = container.listBlobsFlat({ prefix }).byPage({ maxPageSize: 100 });
  for await (const { segment } of pages)
    return segment.blobItems.map(({ properties }) => properties.lastModified.toISOString());
  return [];
}

async function listed(list: () => Promise<readonly string[]>): Promise<ArmOutcome<readonly string[]>> {
  try {
    return said(await list());
  } catch (error) {
    if (!(error instanceof RestError)) throw error;
    if (error.code === 'ContainerNotFound') return said([]);
    const { statusCode: status = 0, code = String(status), message, response } = error;
    const requestId = response?.headers.get('x-ms-request-id') ?? null;
    return { ok: false, error: { status, code, innerCodes: [], message, retryAfterSeconds: null, requestId } };
  }
}
