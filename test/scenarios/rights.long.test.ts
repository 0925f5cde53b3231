import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { actionsAsked, actionsOfApp, takeAction } from './support/app-roles.ts';
import type { PolicyDocument } from './support/bare-estate.ts';
import { startMachine } from './support/machines.ts';
import { eventually, isBlobGrant, openScene, type Scene, type ToldNetwork, untilState } from './support/scene.ts';

// Each action that the roles of infra/azure give is taken from the app in turn, by the owner of its role: a story then fails and says
// why. Given back, the same story ends well, so that it was that action and nothing else.

const network = 'Microsoft.Network';
const identities = 'Microsoft.ManagedIdentity/userAssignedIdentities';
const assignments = 'Microsoft.Authorization/roleAssignments';
const logs = '/subscriptions/3e9b5c74-8a2d-4daf-9c63-2f7d9e4a3003/resourceGroups/rg-flow-logs';
const workspace = `${logs}/providers/Microsoft.OperationalInsights/workspaces/log-central`;
const trafficAnalytics = { workspaceResourceId: workspace, intervalMinutes: 10 };
const refusal = { code: 'RequestDisallowedByPolicy', message: 'Not allowed here.', status: 403, times: 0 };

/** The example policy, with all that needs a right of its own: retention, traffic analytics where a tag asks for it, and a soon contested log. */
function withEverything(policy: PolicyDocument): PolicyDocument {
  const [rule] = policy.rules;
  if (!rule) throw new Error('The example policy has no rule.');
  const kept = { ...rule, flowLog: { ...Object(rule.flowLog), retentionDays: 30 } };
  const destination = { northeurope: rule.destination.northeurope ?? '' };
  const analysed = { ...kept, name: 'analysed', match: { tags: { analysed: 'yes' } }, destination, trafficAnalytics };
  return { ...policy, rules: [analysed, kept], limits: { ...policy.limits, contestedAfter: 1 } };
}

let scene: Scene;
beforeAll(async () => {
  // No log delivers anything before the end.
  const armArgs = ['--flow-log-seconds', '3600'];
  scene = await openScene(withEverything, { without: /NetworkWatcherRG/i, armArgs });
  const switches = { method: 'PUT', body: JSON.stringify({ watcherAutoCreation: 'off' }) };
  await fetch(`${scene.environment().controlUrl}/switches`, switches);
});
afterAll(() => scene.close());

/** The actions that were taken from the app so far. */
const taken = new Set<string>();
const take = (action: string) => {
  taken.add(action);
  return takeAction(scene, action);
};

/** Asks for a network as a person does; makes it first where there is none. */
const ask = async (name: string, location: string) => {
  const told = await scene.told(name);
  if (told) await scene.post('/api/remediations', { networks: [told.id] });
  else await scene.createNetwork(name, location);
};

/** Waits until the network is told to be in this state because Azure refused this very action. */
const untilRefused = (name: string, state: string, action: string): Promise<ToldNetwork> =>
  eventually(
    async () => {
      const told = await scene.told(name);
      const { code = '', message = '', actor } = told?.problem ?? {};
      const isRefused = code.endsWith('AuthorizationFailed') && message.includes(action) && actor === 'operator';
      return told?.state === state && isRefused && told;
    },
    () => scene.told(name),
  );

/** What the last run of a destination could not take back. */
const leftoversOf = async (account: string): Promise<readonly string[]> => {
  const settled = scene.log.filter((line) => line.includes('destination settled') && line.includes(account));
  const [, ids = ''] = /"leftovers":\[([^\]]*)\]/.exec(settled.at(-1)?.replaceAll('\\', '') ?? '') ?? [];
  return ids.split(',').flatMap((id) => (id === '' ? [] : [id.replaceAll('"', '')]));
};

describe('a network in a region without a watcher is blocked without the right to', () => {
  it.each([`${network}/networkWatchers/write`, 'Microsoft.Resources/subscriptions/resourceGroups/write'])(
    '%s',
    async (action) => {
      const giveBack = await take(action);
      await ask('vnet-first', 'northeurope');
      await untilRefused('vnet-first', 'Blocked', action);
      await giveBack();
    },
  );
  it('and is compliant with both', async () => {
    await ask('vnet-first', 'northeurope');
    await untilState(scene, 'vnet-first', 'Compliant');
  });
});

describe('a network that is known is unknown, not unlogged, without the right to', () => {
  it.each(['virtualNetworks/read', 'networkWatchers/read', 'networkWatchers/flowLogs/read'])('%s', async (read) => {
    const action = `${network}/${read}`;
    const giveBack = await take(action);
    await ask('vnet-first', 'northeurope');
    await untilRefused('vnet-first', 'Unknown', action);
    await giveBack();
    await ask('vnet-first', 'northeurope');
    await untilState(scene, 'vnet-first', 'Compliant');
  });
});

describe('a network of a new storage account is blocked without the right to', () => {
  it.each([
    'Microsoft.Storage/storageAccounts/read',
    `${identities}/read`,
    `${identities}/write`,
    `${assignments}/read`,
    `${assignments}/write`,
  ])('%s', async (action) => {
    const giveBack = await take(action);
    await ask('vnet-new', 'westeurope');
    await untilRefused('vnet-new', 'Blocked', action);
    await giveBack();
  });
  it('and is compliant with all of them', async () => {
    await ask('vnet-new', 'westeurope');
    await untilState(scene, 'vnet-new', 'Compliant');
  });
});

describe('a network gets no log without the right to', () => {
  it.each([
    [`${network}/networkWatchers/flowLogs/write`, 'vnet-unwritten'],
    [`${network}/locations/operations/read`, 'vnet-unpolled'],
    [`${identities}/assign/action`, 'vnet-unbound'],
  ])('%s', async (action, name) => {
    const giveBack = await take(action);
    await ask(name, 'northeurope');
    await untilRefused(name, 'Blocked', action);
    await giveBack();
    await ask(name, 'northeurope');
    await untilState(scene, name, 'Compliant');
  });
});

describe('a storage account is used all the same, and what was not seen of it is told, without the right to', () => {
  const settled = () =>
    scene.log.filter((line) => line.includes('destination settled') && line.includes('stflowlogsgwc'));
  /** Has the account looked at once more, which ends in vain because its identity is refused. */
  const look = async () => {
    const before = settled().length;
    await ask('vnet-looked', 'germanywestcentral');
    await eventually(async () => settled().length > before);
    await untilState(scene, 'vnet-looked', 'Blocked');
  };
  let heal: () => Promise<void>;
  beforeAll(async () => {
    heal = await scene.fault({ method: 'PUT', path: 'id-flowkeeper-germanywestcentral-stflowlogsgwc', ...refusal });
  });
  afterAll(() => heal());

  it.each([
    ['Microsoft.Authorization/locks/read', 'locks'],
    ['Microsoft.Storage/storageAccounts/blobServices/read', 'blob versioning'],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/read', 'the immutability of the container'],
    ['Microsoft.Storage/storageAccounts/managementPolicies/read', 'lifecycle rules'],
    ['Microsoft.Resources/subscriptions/providers/read', 'the registration of'],
  ])('%s', async (action, what) => {
    const giveBack = await take(action);
    const before = scene.log.length;
    await look();
    await giveBack();
    const told = scene.log.slice(before).filter((line) => line.includes('DestinationUnread'));
    expect(told).toEqual([expect.stringContaining(`${what}`)]);
    // Seen again, so that the next warning is news.
    await look();
  });
});

describe('what failed half-way stays, and is named, without the right to', () => {
  const identityNamed = async (name: string) =>
    (await scene.resources(identities)).filter(({ id }) => id.endsWith(name));
  const grantsOn = async (account: string) =>
    (await scene.resources(assignments)).filter((one) => one.id.includes(`${account}/`) && isBlobGrant(one));

  it(`${identities}/delete`, async () => {
    const name = 'id-flowkeeper-uksouth-stflowlogsuks';
    const heal = await scene.fault({ method: 'PUT', path: `stflowlogsuks/providers/${assignments}/`, ...refusal });
    const giveBack = await take(`${identities}/delete`);
    await ask('vnet-identity', 'uksouth');
    await untilState(scene, 'vnet-identity', 'Blocked');
    expect(await leftoversOf('stflowlogsuks')).toEqual([expect.stringContaining(name)]);
    expect(await identityNamed(name)).toHaveLength(1);
    await giveBack();
    await ask('vnet-identity', 'uksouth');
    await eventually(async () => (await leftoversOf('stflowlogsuks')).length === 0);
    expect(await identityNamed(name)).toEqual([]);
    await heal();
  });

  /** Grants, loses the answer, and can't see any more that it has granted: what was made is to be taken back. */
  const grantInVain = async (name: string, location: string, account: string) => {
    const granted = `${account}/providers/${assignments}`;
    await scene.fault({ method: 'PUT', path: `${granted}/`, effect: 'after', delayMs: 5000, times: 1 });
    await ask(name, location);
    const [grant] = await eventually(async () => {
      const made = await grantsOn(account);
      return made.length > 0 && made;
    });
    const heal = await scene.fault({ method: 'GET', path: `${granted}$`, ...refusal });
    await untilState(scene, name, 'Blocked');
    await heal();
    return grant?.id;
  };

  it(`${assignments}/delete`, async () => {
    const giveBack = await take(`${assignments}/delete`);
    const stays = await grantInVain('vnet-looked', 'germanywestcentral', 'stflowlogsgwc');
    expect(await leftoversOf('stflowlogsgwc')).toContain(stays);
    expect(await grantsOn('stflowlogsgwc')).toHaveLength(1);
    await giveBack();
    await grantInVain('vnet-identity', 'uksouth', 'stflowlogsuks');
    expect(await leftoversOf('stflowlogsuks')).toEqual([]);
    expect(await grantsOn('stflowlogsuks')).toEqual([]);
  });

  it(`${network}/networkWatchers/flowLogs/delete`, async () => {
    const operation = { code: 'InvalidTAWorkspaceRegion', message: 'Can not be.' };
    const fail = (name: string) => scene.fault({ method: 'PUT', path: `flowLogs/${name}`, times: 1, operation });
    const giveBack = await take(`${network}/networkWatchers/flowLogs/delete`);
    await fail('vnet-failed');
    const stays = await scene.createNetwork('vnet-failed', 'northeurope');
    const told = await untilState(scene, 'vnet-failed', 'Blocked');
    expect(told).toMatchObject({ leftovers: [expect.stringContaining('/flowLogs/vnet-failed-')] });
    expect(await scene.flowLogsOf(stays)).toHaveLength(1);
    await giveBack();
    await fail('vnet-undone');
    const goes = await scene.createNetwork('vnet-undone', 'northeurope');
    expect(await untilState(scene, 'vnet-undone', 'Blocked')).toMatchObject({ leftovers: [] });
    expect(await scene.flowLogsOf(goes)).toEqual([]);
  });
});

describe('what else is not known without the right to', () => {
  it('Microsoft.OperationalInsights/workspaces/read: where traffic analytics goes', async () => {
    const action = 'Microsoft.OperationalInsights/workspaces/read';
    const { resources } = scene.operator.resources(scene.subscription.id);
    await resources.createOrUpdateById(workspace.slice(1), '2022-10-01', { location: 'northeurope' });
    const giveBack = await take(action);
    await scene.createNetwork('vnet-analysed', 'northeurope', { analysed: 'yes' });
    await untilRefused('vnet-analysed', 'Blocked', action);
    await giveBack();
    await ask('vnet-analysed', 'northeurope');
    await untilState(scene, 'vnet-analysed', 'Compliant');
  });

  it('Microsoft.Authorization/policyAssignments/read: which policy fights over a log', async () => {
    const action = 'Microsoft.Authorization/policyAssignments/read';
    const giveBack = await take(action);
    const { id, changedAt } = await untilState(scene, 'vnet-first', 'Compliant');
    const [flowLog] = await scene.flowLogsOf(id);
    await scene.writeFlowLog(flowLog?.id ?? '', { enabled: false });
    await eventually(async () => (await scene.told('vnet-first'))?.changedAt !== changedAt);
    await scene.writeFlowLog(flowLog?.id ?? '', { enabled: false });
    await untilState(scene, 'vnet-first', 'Contested');
    expect(scene.log.filter((line) => line.includes('policy assignments not read'))).not.toEqual([]);
    await giveBack();
    await ask('vnet-first', 'northeurope');
    await untilState(scene, 'vnet-first', 'Compliant');
  });

  it('Microsoft.Resources/subscriptions/read: below which management groups a network is', async () => {
    const giveBack = await take('Microsoft.Resources/subscriptions/read');
    const { body } = await scene.call('/api/policy');
    const state = (exemptions: unknown) =>
      scene.call('/api/policy', { method: 'PUT', body: JSON.stringify({ ...Object(body), exemptions }) });
    await state([{ reason: 'A lab.', managementGroup: 'lab' }]);
    await ask('vnet-first', 'northeurope');
    await eventually(async () => (await scene.told('vnet-first'))?.problem?.code === 'ManagementGroupsUnknown');
    await giveBack();
    await state([]);
    await ask('vnet-first', 'northeurope');
    await untilState(scene, 'vnet-first', 'Compliant');
  });
});

describe('whether a flow log arrives is not known without the right to', () => {
  const proven = async (name: string, found: string) => {
    await scene.runFunction('sweep');
    await eventually(
      async () => (await scene.told(name))?.delivery?.found === found,
      () => scene.told(name),
    );
  };
  const withMachine = async (name: string) => {
    const id = await scene.createNetwork(name, 'northeurope');
    await untilState(scene, name, 'Compliant');
    await startMachine(scene, id);
  };

  it.each([
    ['Microsoft.Network/networkInterfaces/read', 'vnet-unseen-card', 'nothingRuns'],
    ['Microsoft.Compute/virtualMachines/read', 'vnet-unseen-machine', 'nothingRuns'],
    ['Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read', 'vnet-unlisted', 'unreadable'],
  ])('%s', async (action, name, found) => {
    await withMachine(name);
    const giveBack = await take(action);
    await proven(name, found);
    await giveBack();
  });
  it('and is, with all of them: a machine runs, and nothing has come yet', async () => {
    await withMachine('vnet-seen');
    await proven('vnet-seen', 'tooEarly');
  });
});

/** Not among the actions that Azure is asked for: Resource Graph shows a caller what it may read, and blobs are read elsewhere. */
const refusedByNobody = [
  'Microsoft.Resources/subscriptions/read',
  'Microsoft.Network/networkInterfaces/read',
  'Microsoft.Compute/virtualMachines/read',
  'Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read',
];

describe('the roles of the app', () => {
  it('give each action for one of these stories', async () => {
    const used = [...(await actionsAsked(scene)), ...refusedByNobody];
    expect((await actionsOfApp()).filter((action) => !used.includes(action))).toEqual([]);
    expect([...taken].sort()).toEqual(await actionsOfApp());
  });

  it('give each action that the app has asked for', async () => {
    const given = await actionsOfApp();
    expect((await actionsAsked(scene)).filter((action) => !given.includes(action))).toEqual([]);
  });
});
