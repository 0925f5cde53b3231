import type { FlowLog } from '@azure/arm-network';
import { type DriftCase, otherWorkspace, workspace } from './drift-scene.ts';

const tags = { analytics: 'yes' };
const analytics = (configuration: object): Partial<FlowLog> => ({
  flowAnalyticsConfiguration: { networkWatcherFlowAnalyticsConfiguration: { enabled: true, ...configuration } },
});
const region = { workspaceRegion: 'westeurope' };

/** Somebody turns traffic analytics off, sends it elsewhere, or has it done more seldom. */
export const trafficAnalytics: readonly DriftCase[] = [
  {
    check: 'trafficAnalytics',
    network: 'vnet-not-analysed',
    tags,
    tamper: ({ write }) => write(analytics({ enabled: false })),
    expected: () => workspace,
    actual: () => null,
    action: 'update',
    fields: ['trafficAnalytics.workspaceResourceId', 'trafficAnalytics.intervalMinutes'],
  },
  {
    check: 'trafficAnalytics',
    network: 'vnet-analysed-elsewhere',
    tags,
    tamper: ({ write }) =>
      write(analytics({ workspaceResourceId: otherWorkspace, trafficAnalyticsInterval: 10, ...region })),
    expected: () => workspace,
    actual: () => otherWorkspace,
    action: 'update',
    fields: ['trafficAnalytics.workspaceResourceId'],
  },
  {
    check: 'trafficAnalyticsInterval',
    network: 'vnet-analysed-hourly',
    tags,
    tamper: ({ write }) =>
      write(analytics({ workspaceResourceId: workspace, trafficAnalyticsInterval: 60, ...region })),
    expected: () => 10,
    actual: () => 60,
    action: 'update',
    fields: ['trafficAnalytics.intervalMinutes'],
  },
];
