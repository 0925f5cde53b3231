import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { requireResourceId } from '../../shared/resource-id.ts';
import { eventually, openScene, type Scene, untilState } from './support/scene.ts';

describe('events as Event Grid really delivers them', () => {
  let scene: Scene;
  beforeAll(async () => {
    scene = await openScene((policy) => ({ ...policy, scope: { subscriptions: { exclude: [foreign] } } }));
    await scene.createNetwork('vnet-known');
    await untilState(scene, 'vnet-known', 'Compliant');
  });
  afterAll(() => scene.close());

  const foreign = '99999999-9999-4999-8999-999999999999';
  const deliver = (events: unknown, type = 'Notification') =>
    fetch(scene.environment().eventGridUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'aeg-event-type': type },
      body: JSON.stringify(events),
    });
  const written = (networkId: string, subscriptionId = scene.subscription.id, id: string = randomUUID()) => ({
    id,
    subject: networkId,
    topic: `/subscriptions/${subscriptionId}`,
    eventType: 'Microsoft.Resources.ResourceWriteSuccess',
    eventTime: new Date().toISOString(),
    dataVersion: '2',
    metadataVersion: '1',
    data: {
      authorization: {
        scope: networkId,
        action: 'Microsoft.Network/virtualNetworks/write',
        evidence: { role: 'Contributor' },
      },
      claims: { name: 'Somebody Secret' },
      correlationId: randomUUID(),
      resourceProvider: 'Microsoft.Network',
      resourceUri: networkId,
      operationName: 'Microsoft.Network/virtualNetworks/write',
      status: 'Succeeded',
      subscriptionId,
      tenantId: scene.environment().tenantId,
    },
  });
  const idOf = (name: string) =>
    `/subscriptions/${scene.subscription.id}/resourceGroups/${scene.subscription.resourceGroup}/providers/Microsoft.Network/virtualNetworks/${name}`;

  it('answers the handshake of a new subscription', async () => {
    const answer = await deliver(
      [{ id: '1', eventType: 'Microsoft.EventGrid.SubscriptionValidationEvent', data: { validationCode: 'abc' } }],
      'SubscriptionValidation',
    );
    expect([answer.status, await answer.json()]).toEqual([200, { validationResponse: 'abc' }]);
  });

  it('costs one run of writes for four events of one network at once, one of them delivered twice', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    const id = await scene.createNetwork('vnet-four');
    const event = written(id);
    const answers = await Promise.all(
      [event, event, written(id), written(id), written(id)].map((one) => deliver([one])),
    );
    expect(answers.map(({ status }) => status)).toEqual([202, 202, 202, 202, 202]);
    await untilState(scene, 'vnet-four', 'Compliant');
    await eventually(async () =>
      scene.log
        .filter((line) => line.includes('lane closed') && line.includes(scene.subscription.id))
        .at(-1)
        ?.includes('null'),
    );
    const puts = (await scene.requests(before)).filter(
      ({ method, path }) => method === 'PUT' && path.includes('flowLogs/'),
    );
    expect(puts).toHaveLength(1);
    expect(await scene.flowLogsOf(id)).toHaveLength(1);
  });

  it.each([
    ['no event at all', {}],
    ['an event without data', { id: '1', eventType: 'Microsoft.Resources.ResourceWriteSuccess' }],
    [
      'a resource id that is none',
      {
        ...{ id: '1', eventType: 'Microsoft.Resources.ResourceWriteSuccess' },
        data: {
          operationName: 'Microsoft.Network/virtualNetworks/write',
          resourceUri: '/subscriptions/x/../y',
          subscriptionId: foreign,
        },
      },
    ],
  ])('drops what is malformed without asking for it again: %s', async (_, event) => {
    expect((await deliver([event])).status).toBe(202);
  });

  it('drops events of a subscription that the policy excludes, without a single request', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    const id = `/subscriptions/${foreign}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/vnet-foreign`;
    expect((await deliver([written(id, foreign)])).status).toBe(202);
    await scene.createNetwork('vnet-after');
    await untilState(scene, 'vnet-after', 'Compliant');
    expect((await scene.requests(before)).filter(({ path }) => path.includes(foreign))).toEqual([]);
    expect((await scene.networks()).filter(({ id: one }) => one.includes(foreign))).toEqual([]);
  });

  it('settles the event of a network that does not exist, and writes nothing', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    await deliver([written(idOf('vnet-never-was'))]);
    await eventually(async () =>
      (await scene.requests(before)).some(({ path, status }) => path.endsWith('vnet-never-was') && status === 404),
    );
    expect((await scene.requests(before)).filter(({ method }) => method === 'PUT')).toEqual([]);
  });

  it('looks at every network of a subscription after a move, which names none', async () => {
    const before = (await scene.requests()).at(-1)?.seq ?? 0;
    const group = `/subscriptions/${scene.subscription.id}/resourceGroups/${scene.subscription.resourceGroup}`;
    const event = written(group);
    const operationName = 'Microsoft.Resources/subscriptions/resourceGroups/moveResources/action';
    const moved = {
      ...event,
      eventType: 'Microsoft.Resources.ResourceActionSuccess',
      data: { ...event.data, operationName },
    };
    expect((await deliver([moved])).status).toBe(202);
    await eventually(async () => {
      const read = (await scene.requests(before)).map(({ path }) => path.split('/').at(-1));
      return ['vnet-known', 'vnet-four'].every((name) => read.includes(name));
    });
  });

  it('deletes the log of ours that a deleted network leaves behind, and leaves a foreign one, which is told', async () => {
    const { network } = scene.operator;
    const { virtualNetworks, flowLogs } = network(scene.subscription.id);
    const ours = await scene.createNetwork('vnet-leaver', 'northeurope');
    const theirs = await scene.createNetwork('vnet-leaver-too', 'northeurope');
    await untilState(scene, 'vnet-leaver', 'Compliant');
    await untilState(scene, 'vnet-leaver-too', 'Compliant');
    // As if somebody else had made it.
    const [log] = await scene.flowLogsOf(theirs);
    const { resourceGroup, names } = requireResourceId(log?.id ?? '');
    const [watcher, name = ''] = names;
    await flowLogs.updateTags(resourceGroup, watcher, name, { tags: { owner: 'somebody' } });

    for (const one of ['vnet-leaver', 'vnet-leaver-too'])
      await virtualNetworks.delete(scene.subscription.resourceGroup, one);
    expect(await untilState(scene, 'vnet-leaver', 'Gone')).toMatchObject({ problem: null });
    expect(await scene.flowLogsOf(ours)).toEqual([]);
    expect(await untilState(scene, 'vnet-leaver-too', 'Orphaned')).toMatchObject({
      problem: { code: 'OrphanedFlowLog', actor: 'owner' },
    });
    expect(await scene.flowLogsOf(theirs)).toMatchObject([{ tags: { owner: 'somebody' } }]);
  });

  it('follows a network that is made anew in another region: the log of ours goes there', async () => {
    const { virtualNetworks } = scene.operator.network(scene.subscription.id);
    const id = await scene.createNetwork('vnet-nomad', 'northeurope');
    await untilState(scene, 'vnet-nomad', 'Compliant');
    await virtualNetworks.delete(scene.subscription.resourceGroup, 'vnet-nomad');
    await scene.createNetwork('vnet-nomad', 'westeurope');
    const told = await eventually(async () => {
      const [log, ...others] = await scene.flowLogsOf(id);
      const now = await scene.told('vnet-nomad');
      return log?.location === 'westeurope' && others.length === 0 && now?.state === 'Compliant' && now;
    });
    expect(told).toMatchObject({ location: 'westeurope', problem: null, leftovers: [] });
  });

  it('asks the owner of a foreign log that stays in the former region to delete it, and then makes ours', async () => {
    const { flowLogs } = scene.operator.network(scene.subscription.id);
    const id = await scene.createNetwork('vnet-leaver-too', 'westeurope');
    const [theirs] = await scene.flowLogsOf(id);
    const { problem } = await untilState(scene, 'vnet-leaver-too', 'Blocked');
    expect(problem).toMatchObject({ code: 'FlowLogElsewhere', actor: 'owner' });
    expect(problem?.message).toContain(theirs?.id);
    const { resourceGroup, names } = requireResourceId(theirs?.id ?? '');
    await flowLogs.delete(resourceGroup, names[0], names[1] ?? '');
    await untilState(scene, 'vnet-leaver-too', 'Compliant');
    expect(await scene.flowLogsOf(id)).toMatchObject([{ location: 'westeurope' }]);
  });

  it('keeps no claim of who wrote', () => {
    expect(scene.log.filter((line) => line.includes('Somebody Secret'))).toEqual([]);
  });
});
