import type { BlobServiceClient, StorageSharedKeyCredential } from '@azure/storage-blob';

/** Azurite's blob service, in which every account of the estate is one (`infra/local/world/azurite.ts`), all with one key. */
export type Azurite = {
  /** The blob service of an account. */
  service(account: string): Promise<BlobServiceClient>;
  /** An address in it that may be read without further proof, for a minute. */
  readable(account: string, pathAndQuery: string): Promise<URL>;
};

/** Nothing is asked of Azurite yet: it may be started later, and its library is loaded only where it is used. */
export function openAzurite(connectionString: string): Azurite {
  const parts = new Map(connectionString.split(';').map((part) => [part.split('=')[0], part.replace(/^[^=]*=/, '')]));
  const own = parts.get('AccountName');
  const key = parts.get('AccountKey');
  const endpoint = parts.get('BlobEndpoint');
  if (own === undefined || key === undefined || !endpoint?.replace(/\/$/, '').endsWith(`/${own}`))
    throw new Error('--blob-storage is not the connection string of an emulated storage account.');
  const root = endpoint.replace(/\/$/, '').slice(0, -own.length);
  const credentials = new Map<string, StorageSharedKeyCredential>();

  async function credentialOf(account: string): Promise<StorageSharedKeyCredential> {
    const library = await import('@azure/storage-blob');
    const known = credentials.get(account) ?? new library.StorageSharedKeyCredential(account, key ?? '');
    credentials.set(account, known);
    return known;
  }

  return {
    async service(account) {
      const { BlobServiceClient } = await import('@azure/storage-blob');
      return new BlobServiceClient(`${root}${account}`, await credentialOf(account));
    },
    async readable(account, pathAndQuery) {
      const { AccountSASPermissions, generateAccountSASQueryParameters } = await import('@azure/storage-blob');
      const signature = generateAccountSASQueryParameters(
        {
          expiresOn: new Date(Date.now() + 60_000),
          permissions: AccountSASPermissions.parse('rl'),
          resourceTypes: 'sco',
          services: 'b',
        },
        await credentialOf(account),
      );
      const url = new URL(`${root}${account}${pathAndQuery}`);
      for (const [name, value] of new URLSearchParams(signature.toString())) url.searchParams.set(name, value);
      return url;
    },
  };
}
