import { afterAll, beforeAll, expect, test } from 'vitest';
import { findFolders, newestBlob } from '../../shared/azure/flow-log-blobs.ts';
import { flowLogsIn } from '../../shared/azure/flow-log-container.ts';
import { startBlobStorage } from '../arm/support/azurite.ts';

const subscription = '1c7f3a52-6e0b-4b8e-9a41-0d5b7c2e1001';
const logOf = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_westeurope/flowLogs/${name}`;
const upper = (text: string) => text.toUpperCase();
const short = (name: string) => upper(`${subscription}_NetworkWatcherRG/NetworkWatcher_westeurope_${name}/`);
const whole = (name: string) => upper(`${logOf(name).slice(1)}/`);
const root = 'flowLogResourceID=/';
const now = new Date();
const hour = (back: number) => {
  const [year, month, day, at] = new Date(now.getTime() - back * 3_600_000).toISOString().split(/[-T:]/);
  return `y=${year}/m=${month}/d=${day}/h=${at}/`;
};

let storage: Awaited<ReturnType<typeof startBlobStorage>>;
beforeAll(async () => {
  storage = await startBlobStorage();
});
afterAll(() => storage.stop());

test('a log is found in either layout, or nowhere; its newest blob is of this hour or the one before', async () => {
  const container = storage.blobs.getContainerClient('logs');
  await container.create();
  const put = (name: string) => container.getBlockBlobClient(name).upload('{}', 2);
  await put(`${root}${short('short')}${hour(0)}m=00/macAddress=00/PT1H.json`);
  await put(`${root}${whole('whole')}${hour(1)}m=00/macAddress=00/PT1H.json`);
  await put(`${root}${short('old')}${hour(30)}m=00/macAddress=00/PT1H.json`);

  const logs = flowLogsIn(container);
  const names = ['short', 'whole', 'old', 'shor'];
  const found = await findFolders(logs, names.map(logOf));
  if (!found.ok) throw new Error(found.error.code);
  const foldersOf = (name: string) => found.value(logOf(name));
  expect(names.map(foldersOf)).toEqual([
    [`${root}${short('short')}`],
    [`${root}${whole('whole')}`],
    [`${root}${short('old')}`],
    [],
  ]);
  const newest = await Promise.all(names.map((name) => newestBlob(logs, foldersOf(name), now)));
  const recently = expect.stringMatching(/^\d{4}-.*Z$/);
  expect(newest.map((one) => one.ok && one.value)).toEqual([recently, recently, null, null]);
});

test('a container that is not there holds nothing', async () => {
  const found = await findFolders(flowLogsIn(storage.blobs.getContainerClient('missing')), [logOf('any')]);
  expect(found.ok && found.value(logOf('any'))).toEqual([]);
});
