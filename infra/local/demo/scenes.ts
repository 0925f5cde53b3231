import { sameId } from '../../../shared/resource-id.ts';
import { changeFlowLog, deleteFlowLog } from '../estate/change.ts';
import { findFlowLog, findNetwork } from '../estate/read.ts';
import { assignDeployment, changeUntilContested } from './contest.ts';
import { addFault, countAnswers } from './faults.ts';
import { remediate } from './functions-api.ts';
import { reasonOf } from './judge.ts';
import { raiseNetwork, type Stage, untilRight, untilSeen } from './stage.ts';

/** One scene: what happens, what then is expected, and the play, which resolves once ARM and Flowkeeper show it to be so. */
export type Scene = {
  readonly title: string;
  readonly outcome: string;
  readonly play: (stage: Stage) => Promise<void>;
};

const busyAccount = 'stflowlogsuks';
const lockedAccount = 'stflowlogsgwc';
const foughtOver = 'vnet-checkout-prod-weu';

export const scenes: readonly Scene[] = [
  {
    title: 'The estate as it was found, and a policy that says: enforce',
    outcome: 'every VNet has its flow log, but for the exempt one',
    play: (stage) => untilRight(stage),
  },
  {
    title: 'Somebody creates a VNet',
    outcome: 'it is compliant',
    play: async (stage) => {
      await raiseNetwork(stage, 'sub-payments-prod', 'vnet-checkout-prod-weu', 'westeurope');
      await untilRight(stage, 'vnet-checkout-prod-weu');
    },
  },
  {
    title: 'Somebody disables the flow log of vnet-payments-prod-weu',
    outcome: 'it is enabled again',
    play: async (stage) => {
      const log = await findFlowLog(stage.operator, stage.environment, 'vnet-payments-prod-weu');
      await changeFlowLog(stage.operator, log, { enabled: false });
      await untilRight(stage, 'vnet-payments-prod-weu');
    },
  },
  {
    title: 'Somebody deletes the flow log of vnet-shop-prod-weu',
    outcome: 'it has one again',
    play: async (stage) => {
      await deleteFlowLog(stage.operator, await findFlowLog(stage.operator, stage.environment, 'vnet-shop-prod-weu'));
      await untilRight(stage, 'vnet-shop-prod-weu');
    },
  },
  {
    title: `The first VNet in uksouth; the storage account ${busyAccount} refuses for a while`,
    outcome: 'the work was tried again until it succeeded',
    play: async (stage) => {
      const requests = new RegExp(`/storageAccounts/${busyAccount}`, 'i');
      await addFault(stage.environment, {
        path: `/storageAccounts/${busyAccount}`,
        times: 3,
        status: 503,
        code: 'ServerBusy',
        message: 'The storage account is busy. Please try again later.',
        retryAfterSeconds: 1,
      });
      await raiseNetwork(stage, 'sub-retail-prod', 'vnet-stores-prod-uks', 'uksouth');
      await untilRight(stage, 'vnet-stores-prod-uks');
      const refusals = (await countRefusals(stage, 'GET', requests)) + (await countRefusals(stage, 'PUT', requests));
      if (refusals < 3) throw new Error(`The storage account refused ${refusals} times, not 3.`);
    },
  },
  {
    title: `The first VNet in germanywestcentral; a lock on the storage account ${lockedAccount} forbids its role assignment`,
    outcome: 'the identity made for it is gone again, the VNet is parked with the reason',
    play: async (stage) => {
      await addFault(stage.environment, roleAssignmentLock);
      await raiseNetwork(stage, 'sub-retail-prod', 'vnet-shop-prod-gwc', 'germanywestcentral');
      await untilSeen(stage, 'vnet-shop-prod-gwc', async (network, told) => {
        if (told?.because !== 'parked' || told.problem?.code !== roleAssignmentLock.code) {
          return `GET /api/networks says ${told?.state ?? 'nothing'}${reasonOf(told)}`;
        }
        if (network.flowLogs.length > 0) return 'it has a flow log';
        return (await identityExists(stage, 'germanywestcentral')) ? 'the identity is still there' : undefined;
      });
      const made = await countAnswers(stage.environment, 'PUT', /id-flowkeeper-germanywestcentral/i, [200, 201]);
      if (made === 0) throw new Error('No identity was ever made, so nothing was compensated.');
    },
  },
  {
    title: 'The lock is removed, and a person asks for vnet-shop-prod-gwc',
    outcome: 'it is compliant',
    play: async (stage) => {
      const { id } = await findNetwork(stage.operator, stage.environment, 'vnet-shop-prod-gwc');
      await fetch(`${stage.environment.controlUrl}/faults`, { method: 'DELETE' });
      await remediate(stage.environment, [id]);
      await untilRight(stage, 'vnet-shop-prod-gwc');
    },
  },
  {
    title: `An Azure Policy sets the retention of ${foughtOver}'s flow log, again and again`,
    outcome: 'after three repairs nothing is written any more: it is contested, with the name of the assignment',
    play: async (stage) => {
      await assignDeployment(stage, 'sub-payments-prod', 'Flow logs of the audit department');
      await changeUntilContested(stage, foughtOver, { retentionPolicy: { enabled: true, days: 7 } });
      await untilSeen(stage, foughtOver, ({ flowLogs: [log] }, told) => {
        const { code, message = '' } = told?.problem ?? {};
        if (code !== 'Contested' || !message.includes('Flow logs of the audit department')) return `it says ${message}`;
        return log?.flowLog.retentionPolicy?.days === 7 ? undefined : 'the flow log was written once more';
      });
    },
  },
  {
    title: `They agree, and a person asks for ${foughtOver}`,
    outcome: 'it is compliant',
    play: async (stage) => {
      const { id } = await findNetwork(stage.operator, stage.environment, foughtOver);
      await remediate(stage.environment, [id]);
      await untilRight(stage, foughtOver);
    },
  },
];

/** What ARM answers at a locked scope. */
const roleAssignmentLock = {
  method: 'PUT',
  path: `/storageAccounts/${lockedAccount}/providers/Microsoft\\.Authorization/roleAssignments/`,
  times: 0,
  status: 409,
  code: 'ScopeLocked',
  message: `The scope '${lockedAccount}' cannot perform write operation because following scope(s) are locked: '${lockedAccount}'. Please remove the lock and try again.`,
};

function countRefusals({ environment }: Stage, method: string, path: RegExp): Promise<number> {
  return countAnswers(environment, method, path, [503, 503]);
}

/** Whether the identity that the policy names for a location exists in ARM. */
async function identityExists({ environment, operator }: Stage, location: string): Promise<boolean> {
  const wanted = environment.destinations.find((destination) => destination.location === location)?.identityId ?? '';
  for (const { id } of environment.subscriptions) {
    for await (const identity of operator.identities(id).userAssignedIdentities.listBySubscription()) {
      if (sameId(identity.id ?? '', wanted)) return true;
    }
  }
  return false;
}
