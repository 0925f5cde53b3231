import { readDestination } from '../inbox/destination-row.ts';
import type { LaneStore } from '../inbox/lane-port.ts';
import { parseLaneId } from '../inbox/work-item.ts';
import { type DestinationBody, destinationBody } from '../records/destination-body.ts';

/** Every destination that anybody has needed or looked at, by its storage account's name. One read for each. */
export async function listDestinations(lanes: LaneStore): Promise<ReadonlyMap<string, DestinationBody>> {
  const known = new Map<string, DestinationBody>();
  for (const lane of (await lanes.listLanes()).map(parseLaneId)) {
    const row = lane.kind === 'destination' ? await readDestination(lanes, lane.account) : null;
    if (lane.kind === 'destination' && row) known.set(lane.account, destinationBody.parse(row.body));
  }
  return known;
}
