import type { AuthorizationManagementClient } from '@azure/arm-authorization';
import type { ManagedServiceIdentityClient } from '@azure/arm-msi';
import type { NetworkManagementClient } from '@azure/arm-network';
import type { ResourceManagementClient } from '@azure/arm-resources';
import type { StorageManagementClient } from '@azure/arm-storage';
import { trustAuthority } from './certificate.ts';
import type { EnvironmentFile } from './env-file.ts';

const publicArm = 'https://management.azure.com/.default';

/** The estate as its owner reaches it: Azure's official clients, one per subscription and kind. */
export type Operator = {
  readonly network: (subscriptionId: string) => NetworkManagementClient;
  readonly identities: (subscriptionId: string) => ManagedServiceIdentityClient;
  readonly rights: (subscriptionId: string) => AuthorizationManagementClient;
  readonly storage: (subscriptionId: string) => StorageManagementClient;
  /** Any other resource, by its id. */
  readonly resources: (subscriptionId: string) => ResourceManagementClient;
};

/**
 * Signs in as the owner of the estate that `env.json` describes, in the way any program in Azure does: a managed identity, found by
 * environment variables. They are set for this process, and proxies taken from it, before the SDK is loaded.
 */
export async function signInAsOperator(environment: EnvironmentFile): Promise<Operator> {
  trustAuthority(environment.caFile);
  process.env.IDENTITY_ENDPOINT = environment.identityEndpoint;
  process.env.IDENTITY_HEADER = environment.identityHeader;
  for (const name of ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY']) {
    delete process.env[name];
    delete process.env[name.toLowerCase()];
  }
  const [{ ManagedIdentityCredential }, network, msi, authorization, storage, resources] = await Promise.all([
    import('@azure/identity'),
    import('@azure/arm-network'),
    import('@azure/arm-msi'),
    import('@azure/arm-authorization'),
    import('@azure/arm-storage'),
    import('@azure/arm-resources'),
  ]);
  const credential = new ManagedIdentityCredential({ clientId: environment.operatorClientId });
  const endpoint = environment.armEndpoint;
  const options = { endpoint, credentials: { scopes: [publicArm] } };
  return {
    network: (id) => new network.NetworkManagementClient(credential, id, options),
    storage: (id) => new storage.StorageManagementClient(credential, id, options),
    resources: (id) => new resources.ResourceManagementClient(credential, id, options),
    identities: (id) => new msi.ManagedServiceIdentityClient(credential, id, { endpoint, credentialScopes: publicArm }),
    rights: (id) =>
      new authorization.AuthorizationManagementClient(credential, id, { endpoint, credentialScopes: publicArm }),
  };
}
