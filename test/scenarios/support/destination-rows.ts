import { TableClient } from '@azure/data-tables';
import { readDestination, writeDestination } from '../../../shared/inbox/destination-row.ts';
import { createTableStore } from '../../../shared/inbox/table-store.ts';
import { type DestinationBody, destinationBody } from '../../../shared/records/destination-body.ts';
import type { Scene } from './scene.ts';

/** A table of the app's own storage. */
export function tableOf(scene: Scene, name: string): TableClient {
  const { storageConnectionString } = scene.environment();
  return TableClient.fromConnectionString(storageConnectionString, name, { allowInsecureConnection: true });
}

/** What the app knows of the destination of a storage account (its name). */
export async function destinationOf(scene: Scene, account: string): Promise<DestinationBody | null> {
  const row = await readDestination(createTableStore(tableOf(scene, 'lanes')), account);
  return row && destinationBody.parse(row.body);
}

/** Changes what the app knows, as time does: something was looked at an hour ago, or used a day ago. */
export async function changeDestination(
  scene: Scene,
  account: string,
  change: (body: DestinationBody) => DestinationBody,
): Promise<void> {
  const lanes = createTableStore(tableOf(scene, 'lanes'));
  const row = await readDestination(lanes, account);
  const body = change(destinationBody.parse(row?.body));
  if ((await writeDestination(lanes, account, row, body, 'noted')) !== 'ok')
    throw new Error(`The destination ${account} was changed meanwhile.`);
}
