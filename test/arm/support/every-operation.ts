import type { Json } from '../../../infra/local/arm/core/json.ts';
import {
  estate,
  flowLog,
  group,
  identity,
  network,
  roles,
  storage,
  subscriptionId,
  watcher,
  watcherGroup,
} from './estate.ts';
import { startInProcess } from './in-process.ts';
import type { Exchange } from './openapi.ts';

/** One exchange and more with every operation that the copied OpenAPI documents describe, refusals among them. */
export function exchangeEverything(): readonly Exchange[] {
  const simulator = startInProcess(estate);
  const exchanges: Exchange[] = [];
  const send = (method: string, path: string, version: string, body?: Json) => {
    const url = `${path}${path.includes('?') ? '&' : '?'}api-version=${version}`;
    const answer = simulator.send(method, url, body);
    exchanges.push({ method, url, body, status: answer.status, headers: answer.headers, answer: answer.body });
    simulator.pass(60);
    return answer;
  };
  const arm = {
    network: '2026-01-01',
    identity: '2024-11-30',
    authorization: '2022-04-01',
    storage: '2026-09-01',
    graph: '2024-04-01',
  };

  const vnet = {
    location: 'westeurope',
    tags: { a: 'b' },
    properties: {
      addressSpace: { addressPrefixes: ['10.0.0.0/16'] },
      subnets: [{ name: 'default', properties: { addressPrefix: '10.0.0.0/24' } }],
    },
  };
  send('PUT', network('vnet-o'), arm.network, vnet);
  send('PUT', network('vnet-o'), arm.network, vnet);
  send('GET', network('vnet-o'), arm.network);
  send('PATCH', network('vnet-o'), arm.network, { tags: { a: 'c' } });
  send('GET', `${group}/providers/Microsoft.Network/virtualNetworks`, arm.network);
  send('GET', `/subscriptions/${subscriptionId}/providers/Microsoft.Network/virtualNetworks`, arm.network);
  send('GET', network('vnet-none'), arm.network);

  send('PUT', watcher, arm.network, { location: 'westeurope', properties: {} });
  send('GET', watcher, arm.network);
  send('PUT', `${watcherGroup}/providers/Microsoft.Network/networkWatchers/other`, arm.network, {
    location: 'northeurope',
    properties: {},
  });
  send('GET', `/subscriptions/${subscriptionId}/providers/Microsoft.Network/networkWatchers`, arm.network);
  send('GET', `${watcherGroup}/providers/Microsoft.Network/networkWatchers`, arm.network);

  send('PUT', identity('id-o'), arm.identity, { location: 'westeurope', tags: {} });
  send('PUT', identity('id-o'), arm.identity, { location: 'westeurope', tags: { a: 'b' } });
  send('GET', identity('id-o'), arm.identity);
  send('GET', `${group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities`, arm.identity);

  send('GET', storage('stwest'), arm.storage);
  send('GET', `${group}/providers/Microsoft.Storage/storageAccounts`, arm.storage);
  send('GET', `/subscriptions/${subscriptionId}/providers/Microsoft.Storage/storageAccounts`, arm.storage);
  send('PUT', storage('stopenapi'), arm.storage, {
    location: 'westeurope',
    sku: { name: 'Standard_LRS' },
    kind: 'StorageV2',
  });

  const principalId = String(simulator.world.store.get(identity('id-o'))?.body.properties.principalId);
  const assignment = `${storage('stwest')}/providers/Microsoft.Authorization/roleAssignments/99999999-0000-4000-8000-000000000042`;
  const roleDefinitionId = `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobContributor}`;
  send('PUT', assignment, arm.authorization, {
    properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal', description: 'd' },
  });
  send('GET', assignment, arm.authorization);
  send(
    'GET',
    `${storage('stwest')}/providers/Microsoft.Authorization/roleAssignments?$filter=atScope()`,
    arm.authorization,
  );
  send('GET', roleDefinitionId, arm.authorization);
  send('GET', `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions`, arm.authorization);

  const log = {
    location: 'westeurope',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity('id-o')]: {} } },
    properties: {
      targetResourceId: network('vnet-o'),
      storageId: storage('stwest'),
      enabled: true,
      retentionPolicy: { days: 7, enabled: true },
      format: { type: 'JSON', version: 2 },
    },
  };
  send('PUT', flowLog('fl-o'), arm.network, log);
  send('GET', flowLog('fl-o'), arm.network);
  send('PUT', flowLog('fl-o'), arm.network, { ...log, identity: { type: 'None' } });
  send('PATCH', flowLog('fl-o'), arm.network, { tags: { a: 'b' } });
  send('GET', `${watcher}/flowLogs`, arm.network);
  send('PUT', flowLog('fl-other'), arm.network, log);
  send('GET', flowLog('fl-none'), arm.network);
  send('DELETE', flowLog('fl-o'), arm.network);
  send('DELETE', flowLog('fl-o'), arm.network);
  send('DELETE', assignment, arm.authorization);
  send('DELETE', assignment, arm.authorization);
  send('DELETE', identity('id-o'), arm.identity);
  send('DELETE', identity('id-o'), arm.identity);
  send('DELETE', network('vnet-o'), arm.network);
  send('POST', '/providers/Microsoft.ResourceGraph/resources', arm.graph, {
    query: 'resources | project id, name',
    options: { $top: 2 },
    subscriptions: [subscriptionId],
  });
  send('POST', '/providers/Microsoft.ResourceGraph/resources', arm.graph, { query: 'nothing' });
  return exchanges;
}
