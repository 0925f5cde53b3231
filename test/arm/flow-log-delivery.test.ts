import { Readable } from 'node:stream';
import { json } from 'node:stream/consumers';
import { ManagedIdentityCredential } from '@azure/identity';
import { BlobServiceClient } from '@azure/storage-blob';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { objectOf, stringOf } from '../../infra/local/arm/core/json.ts';
import { startBlobStorage } from './support/azurite.ts';
import { type Client, control, createClient, eventually } from './support/client.ts';
import {
  assignment,
  estate,
  flowLog,
  identity,
  network,
  owner,
  reader,
  roles,
  storage,
  subscriptionId,
} from './support/estate.ts';
import { interfaceIn, machine, machineWith, networkWithSubnet } from './support/machines.ts';
import { type Simulator, startSimulator } from './support/simulator.ts';

const container = 'insights-logs-flowlogflowevent';
const principals = ['66666666-0000-4000-8000-000000000001', '66666666-0000-4000-8000-000000000002'] as const;

let simulator: Simulator;
let azurite: Awaited<ReturnType<typeof startBlobStorage>>;
let client: Client;

beforeAll(async () => {
  azurite = await startBlobStorage();
  const resources = [
    ...estate.resources.filter(({ id }) => ![identity('id-logs'), network('vnet-a')].includes(id)),
    ...['vnet-a', 'vnet-b', 'vnet-empty'].map(networkWithSubnet),
    ...[interfaceIn('vnet-a', 'nic-a'), interfaceIn('vnet-b', 'nic-b')],
    ...[machineWith('nic-a', 'vm-a'), machineWith('nic-b', 'vm-b')],
    { id: identity('id-logs'), location: 'westeurope', properties: { principalId: principals[0] } },
    { id: identity('id-powerless'), location: 'westeurope', properties: { principalId: principals[1] } },
    assignment(storage('stwest'), principals[0], roles.blobContributor, 11),
    assignment(storage('stwest'), reader.principalId, roles.blobReader, 12),
  ];
  const args = ['--blob-storage', azurite.connectionString, '--flow-log-seconds', '0.2', '--time-scale', '0.01'];
  simulator = await startSimulator({ args, estate: { ...estate, resources } });
  client = createClient(simulator);
});

afterAll(async () => {
  await simulator.stop();
  await azurite.stop();
});

test('blobs appear in the real layout, whole JSON after each minute; where the role is missing or nothing runs there are none', async () => {
  await client.put(flowLog('fl-a'), log('vnet-a', 'id-logs'));
  await client.put(flowLog('fl-b'), log('vnet-b', 'id-powerless'));
  await client.put(flowLog('fl-empty'), log('vnet-empty', 'id-logs'));

  const name = await blobWith(3, 'fl-a');
  const hour = /y=(\d{4})\/m=(\d\d)\/d=(\d\d)\/h=(\d\d)\/m=00\/macAddress=([0-9A-F]{12})\/PT1H\.json$/.exec(name);
  const path = `flowLogResourceID=/${subscriptionId}_NETWORKWATCHERRG/NETWORKWATCHER_WESTEUROPE_FL-A/`.toUpperCase();
  expect(name.toUpperCase().startsWith(path)).toBe(true);
  const nic = objectOf((await client.get(interfaceIn('vnet-a', 'nic-a').id)).body.properties);
  expect(stringOf(nic.macAddress)?.replaceAll('-', '')).toBe(hour?.[5]);
  expect(nic.virtualMachine).toEqual({ id: machine('vm-a') });
  const [record] = await recordsOf(name);
  expect(record).toMatchObject({
    category: 'FlowLogFlowEvent',
    flowLogVersion: 4,
    macAddress: hour?.[5],
    flowLogResourceID: flowLog('fl-a').toUpperCase(),
    targetResourceID: network('vnet-a'),
  });
  expect(await namesOf('fl-b')).toEqual([]);
  expect(await namesOf('fl-empty')).toEqual([]);

  await client.send(
    'PUT',
    `${storage('stwest')}/providers/Microsoft.Authorization/roleAssignments/99999999-0000-4000-8000-000000000007`,
    {
      properties: {
        roleDefinitionId: `/subscriptions/${subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${roles.blobContributor}`,
        principalId: principals[1],
        principalType: 'ServicePrincipal',
      },
    },
  );
  await blobWith(1, 'fl-b');
});

test("the account's own blob endpoint lists them for a token with the right, and for no other", async () => {
  const account = await client.get(storage('stwest'));
  const { blob } = objectOf(objectOf(account.body.properties).primaryEndpoints);
  expect(blob).toBe(`${simulator.blobEndpoint}/stwest/`);
  const listed = async (clientId: string) => {
    process.env.IDENTITY_ENDPOINT = simulator.identityEndpoint;
    process.env.IDENTITY_HEADER = simulator.identityHeader;
    const service = new BlobServiceClient(String(blob), new ManagedIdentityCredential({ clientId }));
    const pages = service.getContainerClient(container).listBlobsFlat().byPage({ maxPageSize: 2 });
    return (await Array.fromAsync(pages)).flatMap(({ segment }) => segment.blobItems.map(({ name }) => name));
  };
  const first = await blobWith(1, 'fl-a');
  expect(await listed(reader.clientId)).toContain(first);
  await control(simulator, 'POST', '/faults', {
    path: `^/stwest/${container}`,
    status: 403,
    code: 'AuthorizationFailure',
  });
  await expect(listed(reader.clientId)).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailure' });
  const journal = await (await fetch(`${simulator.controlUrl}/journal`)).text();
  expect(journal).toMatch(
    new RegExp(
      `"service":"blob","method":"GET","path":"/stwest/${container}".*"principalId":"${reader.principalId}","status":200`,
    ),
  );
  // An owner of everything has no right to data.
  await expect(listed(owner.clientId)).rejects.toMatchObject({
    statusCode: 403,
    code: 'AuthorizationPermissionMismatch',
  });
  await client.send('PATCH', storage('stwest'), { properties: { networkAcls: { defaultAction: 'Deny' } } });
  await expect(listed(reader.clientId)).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationFailure' });
});

function log(networkName: string, identityName: string) {
  return {
    location: 'westeurope',
    identity: { type: 'UserAssigned', userAssignedIdentities: { [identity(identityName)]: {} } },
    properties: { targetResourceId: network(networkName), storageId: storage('stwest'), enabled: true },
  };
}

/** The account as its owner sees it who has its key. */
function logsContainer() {
  return azurite.account('stwest').getContainerClient(container);
}

async function namesOf(flowLogName: string): Promise<readonly string[]> {
  if (!(await logsContainer().exists())) return [];
  const names = (await Array.fromAsync(logsContainer().listBlobsFlat())).map(({ name }) => name);
  return names.filter((name) => name.includes(`_${flowLogName.toUpperCase()}/`));
}

async function recordsOf(blobName: string) {
  // One request: `downloadToBuffer` asks for the length first, and the blob may grow in between.
  const { readableStreamBody } = await logsContainer().getBlobClient(blobName).download();
  const document = z.object({ records: z.array(z.record(z.string(), z.json())) });
  return document.parse(readableStreamBody === undefined ? {} : await json(Readable.from(readableStreamBody))).records;
}

function blobWith(records: number, flowLogName: string): Promise<string> {
  return eventually(`${flowLogName} has written ${records} times`, async () => {
    const [name] = await namesOf(flowLogName);
    return name !== undefined && (await recordsOf(name)).length >= records ? name : undefined;
  });
}
