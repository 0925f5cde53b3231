/** Networks of one region, to be worked on one after the other. Rows are named by key: the orchestrator has them. */
export type NetworkLane = {
  readonly location: string;
  readonly networkWatcherId: string | null;
  readonly networks: readonly LocatedNetwork[];
};

/** Flow logs beside the one that serves a network. */
export type OtherLogs = { readonly duplicates: readonly string[]; readonly overriding: readonly string[] };

export type LocatedNetwork = {
  readonly networkId: string;
  /** Of the log that serves it, in the lane's network watcher. */
  readonly flowLogName: string | null;
  /** In the same watcher: more logs of the network itself, and those that record in its place. */
  readonly otherLogNames: OtherLogs;
  /** Its own row, and those of its flow logs. */
  readonly rowKeys: readonly string[];
};

/** At most so many networks a lane and run: what is left stays in the inbox, so that no run lasts. */
const perLane = 12;

/** Spreads the networks of a region evenly over its lanes. Pure. */
export function spreadOverLanes(
  location: string,
  networkWatcherId: string | null,
  networks: readonly LocatedNetwork[],
  lanes: number,
): readonly NetworkLane[] {
  const count = Math.min(lanes, networks.length);
  return Array.from({ length: count }, (_, lane) => ({
    location,
    networkWatcherId,
    networks: networks.filter((_, index) => index % count === lane).slice(0, perLane),
  }));
}
