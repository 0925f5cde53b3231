import { z } from 'zod';

/** How fast and how far Flowkeeper may go. Each has a default, so that a policy without limits is a careful one. */
export const limits = z.strictObject({
  settleSeconds: z
    .int()
    .min(0)
    .max(300)
    .default(30)
    .describe('How long a network has to be left in peace before it is touched; each write begins it anew.'),
  lanesPerRegion: z.int().min(1).max(8).default(2).describe('Networks worked on at once in a subscription and region.'),
  attempts: z.int().min(1).max(20).default(5).describe('Runs that may die over a network before it is parked.'),
  contestedAfter: z
    .int()
    .min(1)
    .max(20)
    .default(3)
    .describe(
      'So often within 24 hours is one setting of a flow log put right, or a deleted one made again; who undoes it after that has won.',
    ),
  changesPerHour: z
    .int()
    .min(1)
    .nullable()
    .default(null)
    .describe('Flow logs written in one clock hour, all runs together; null = as many as Azure takes.'),
  pauseWhen: z
    .strictObject({
      failedShare: z.number().gt(0).max(1).default(0.5),
      outOf: z.int().min(2).max(100).default(20).describe('So many changes are looked at, the latest.'),
      minutes: z.int().min(1).max(1440).default(30).describe('How long nothing is written then.'),
    })
    .nullable()
    .prefault({})
    .describe('Writing pauses when so large a share of recent changes has failed; null = never.'),
  approveAbove: z
    .int()
    .min(0)
    .nullable()
    .default(50)
    .describe("A policy that changes more compliant networks than this waits for a person's approval; null = never."),
});
export type Limits = z.output<typeof limits>;
