import { z } from 'zod';

/**
 * What nobody outside Microsoft knows about Azure, or what an estate may have configured otherwise: each is a named
 * choice, so that the product can be tested both ways.
 */
const switchesSchema = z.strictObject({
  /** A flow log whose identity has no blob role on the storage account: written without complaint, or its operation fails. */
  roleMissingAtPut: z.enum(['accept', 'fail']),
  /** A flow log PUT without `identity` on a log that has one. */
  identitylessPut: z.enum(['keep', 'strip']),
  /** A flow log PUT with another target than the log has. */
  retargetedFlowLog: z.enum(['refuse', 'accept']),
  /** What happens to a flow log when its virtual network is deleted. */
  deletedVnet: z.enum(['leaveFlowLog', 'takeFlowLog']),
  /** A write of a flow log whose network was deleted and made again: bound to the new network, or still to the former one. */
  recreatedTarget: z.enum(['rebind', 'keep']),
  /** Whether Azure makes a network watcher when a region gets its first virtual network. */
  watcherAutoCreation: z.enum(['on', 'off']),
  /** A write of a virtual network while a flow log on it is being written. */
  writeOfLoggedTarget: z.enum(['refuse', 'accept']),
  /** Two flow logs being created in one network watcher at once: about a third of such creates answer 500. */
  parallelCreates: z.enum(['accept', 'sporadic500']),
  /** The same role assignment put again under the same name. */
  repeatedRoleAssignment: z.enum(['accept', 'exists']),
  /** The condition of a grant asks for attributes of a role assignment that is to be deleted and is not there. */
  conditionOnAbsent: z.enum(['ignore', 'refuse']),
  /** Whether the read-only `flowLogs` of a virtual network is filled. */
  vnetFlowLogs: z.enum(['absent', 'filled']),
  /** Where flow logs write: Microsoft's documentation shows both layouts. */
  flowLogPath: z.enum(['joined', 'resourceId']),
  /** A flow log whose virtual network was deleted and made anew under its name. */
  logOfRecreatedTarget: z.enum(['silent', 'writes']),
  /** Whether a flow log needs SAS and key rights on its storage account from the caller. */
  storageKeyActions: z.enum(['notNeeded', 'needed']),
  /** How ids look in the `evidence` of an event: activity logs that people have published show them without dashes. */
  evidenceIds: z.enum(['dashed', 'plain']),
  /** Whether requests are counted against ARM's token buckets. */
  throttling: z.enum(['on', 'off']),
  /** How likely an event is delivered twice. */
  duplicateEvents: z.number().min(0).max(1),
  /** Events are delayed by a random time up to this, and so overtake each other. */
  eventDelaySeconds: z.number().min(0).max(3_600),
  /** How old Resource Graph's picture of the estate is. */
  graphStalenessSeconds: z.number().min(0).max(3_600),
  /** Rows of a page of a list. */
  pageSize: z.number().int().min(1).max(10_000),
});

export type Switches = z.infer<typeof switchesSchema>;

/** The choices in force unless someone changes them: the stricter where nothing is known, the recorded where it is. */
export const defaultSwitches: Switches = {
  roleMissingAtPut: 'accept',
  identitylessPut: 'keep',
  retargetedFlowLog: 'refuse',
  deletedVnet: 'leaveFlowLog',
  recreatedTarget: 'rebind',
  watcherAutoCreation: 'on',
  writeOfLoggedTarget: 'refuse',
  parallelCreates: 'accept',
  repeatedRoleAssignment: 'accept',
  conditionOnAbsent: 'ignore',
  vnetFlowLogs: 'absent',
  flowLogPath: 'joined',
  logOfRecreatedTarget: 'silent',
  storageKeyActions: 'notNeeded',
  evidenceIds: 'plain',
  throttling: 'on',
  duplicateEvents: 0,
  eventDelaySeconds: 0,
  graphStalenessSeconds: 0,
  pageSize: 1000,
};

/** Some switches from outside; refuses (ZodError) unknown names and values. */
export function readSwitches(given: unknown): Partial<Switches> {
  const known = switchesSchema.partial().parse(given);
  return Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined));
}
