import type { FlowLog } from '@azure/arm-network';
import { sameId } from '../../../shared/resource-id.ts';
import { changeFlowLog } from '../estate/change.ts';
import { findFlowLog, findNetwork } from '../estate/read.ts';
import { getNetworks } from './functions-api.ts';
import { type Stage, untilSeen } from './stage.ts';

const deploysFlowLogs = '/providers/Microsoft.Authorization/policyDefinitions/cd6f7aff-2845-4dab-99f2-6d1754a754b0';
/** More than any policy of the demo lets pass. */
const mostRounds = 10;

/** Assigns Azure's own definition that deploys flow logs to a subscription, as its owner would. */
export async function assignDeployment(
  { environment, operator }: Stage,
  subscription: string,
  displayName: string,
): Promise<void> {
  const { id = '' } = environment.subscriptions.find(({ name }) => name === subscription) ?? {};
  const assignment = `/subscriptions/${id}/providers/Microsoft.Authorization/policyAssignments/deploy-flow-logs`;
  const properties = { displayName, policyDefinitionId: deploysFlowLogs };
  await operator.resources(id).resources.createOrUpdateById(assignment, '2025-03-01', { properties });
}

/** Sets fields of a VNet's flow log again each time that they were put right, until Flowkeeper says that it is contested. */
export async function changeUntilContested(stage: Stage, name: string, fields: Partial<FlowLog>): Promise<void> {
  for (let round = 0; round < mostRounds; round++) {
    const before = await toldOf(stage, name);
    await changeFlowLog(stage.operator, await findFlowLog(stage.operator, stage.environment, name), fields);
    await untilSeen(stage, name, (_, told) =>
      told?.state === 'Contested' || told?.changedAt !== before?.changedAt ? undefined : 'nobody has put it right',
    );
    if ((await toldOf(stage, name))?.state === 'Contested') return;
  }
  throw new Error(`It was put right ${mostRounds} times and is not contested.`);
}

async function toldOf({ environment, operator }: Stage, name: string) {
  const { id } = await findNetwork(operator, environment, name);
  return (await getNetworks(environment)).find((one) => sameId(one.id, id));
}
