import { z } from 'zod';
import type { LaneStore, Row, Write } from './lane-port.ts';
import type { Run } from './work-item.ts';

const rowKey = 'lane';

const fieldsSchema = z.object({
  generation: z.number().int().default(0),
  owner: z.string().default(''),
  bumps: z.number().int().default(0),
  touched: z.string(),
});

/** Who may work on a lane: the run of this generation, once it has written itself down as the owner. */
export type LaneRow = {
  readonly generation: number;
  /** The runId that owns this generation; a generation never has two. */
  readonly owner: string | null;
  /** How many generations in a row the watchdog has begun without one of their runs coming to life. */
  readonly bumps: number;
  readonly touched: string;
  readonly etag: string;
};

/** The lane's row, or null when nothing was ever put into this lane. */
export async function readLane(store: LaneStore, laneId: string): Promise<LaneRow | null> {
  const row = await store.readRow(laneId, rowKey);
  return row && parse(row);
}

/** Writes the lane row, if it is still the one that was read. */
export function replaceLane(lane: LaneRow): Write {
  const { generation, owner, bumps, touched, etag } = lane;
  return { kind: 'replace', rowKey, etag, fields: { generation, owner: owner ?? '', bumps, touched } };
}

/**
 * Goes into every transaction that gives a lane something to do: whoever has read the lane row before it, to close the
 * lane, will fail to write it. It has no condition itself, so that producers never hold each other up.
 */
export function touchLane(now: Date): Write {
  return { kind: 'merge', rowKey, fields: { touched: now.toISOString() } };
}

/** Ends the generation: its run is fenced off, and only a run of the next one can become the owner. */
export function nextGeneration(lane: LaneRow, now: Date, bumps: number): LaneRow {
  return { ...lane, generation: lane.generation + 1, owner: null, bumps, touched: now.toISOString() };
}

/** Whether the run may do the lane's work at the moment the row was read. */
export function isOwner(lane: LaneRow | null, run: Run): boolean {
  return lane?.generation === run.generation && lane.owner === run.runId;
}

function parse(row: Row): LaneRow {
  const { owner, ...fields } = fieldsSchema.parse(row.fields);
  return { ...fields, owner: owner === '' ? null : owner, etag: row.etag };
}
