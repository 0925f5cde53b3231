import { z } from 'zod';
import { destinationBody, retired } from '../../shared/records/destination-body.ts';
import { networkRecord } from '../../shared/records/network-record.ts';
import { historyRecord, stepRecord } from '../../shared/records/stories.ts';
import type { Validation } from '../../shared/work/validate-policy.ts';
import { problemAnswer } from '../problem-response.ts';

/** The schemas that the API's description names. */
export const apiSchemas = z.registry<{ id: string }>();
apiSchemas.add(problemAnswer, { id: 'Problem' });

function named<Schema extends z.ZodType>(id: string, schema: Schema): Schema {
  apiSchemas.add(schema, { id });
  return schema;
}

const continuation = z.string().nullable().describe('Null on the last page.');

/** What people are told of a record: all but what only the work needs. */
export const toldOfRecord = networkRecord.omit({
  resourceGuid: true,
  runId: true,
  plannedAt: true,
  turn: true,
  repairs: true,
  formerFlowLogId: true,
  rightAs: true,
});
const told = z.strictObject({
  name: z.string(),
  subscriptionId: z.string(),
  resourceGroup: z.string(),
  ...toldOfRecord.shape,
});
export const networkAnswer = named('Network', told);
export const networksAnswer = named('Networks', z.strictObject({ networks: z.array(networkAnswer), continuation }));

const settings = z
  .record(z.string(), z.unknown())
  .nullable()
  .describe('The settings; null where there was, or is, nothing.');
const change = named('Change', z.strictObject({ ...historyRecord.shape, before: settings, after: settings }));
export const networkDetailAnswer = named(
  'NetworkDetail',
  z.strictObject({ ...told.shape, history: z.array(change).describe('Newest first.') }),
);

const step = z.strictObject(stepRecord.omit({ run: true, resourceId: true }).shape);
const byNetwork = named(
  'RemediationNetwork',
  z.strictObject({
    id: z.string(),
    done: z.boolean(),
    cancelled: z
      .boolean()
      .describe('Taken back before it had begun. One that a run was looking at in that moment may yet turn out done.'),
    ...networkRecord.pick({ state: true, because: true, until: true, drifts: true, plan: true, problem: true }).shape,
    steps: z.array(step),
  }),
);

export const acceptedAnswer = named(
  'RemediationAccepted',
  z.strictObject({
    id: z.guid(),
    acceptedAt: z.string(),
    dryRun: z.boolean(),
    networks: z.number().int().nullable().describe('Null for a filter, until it has been worked through.'),
    mode: z.enum(['audit', 'enforce', 'off']).nullable().describe("The policy's mode; null without a policy."),
    note: z.string().nullable().describe('Why nothing will be written, where that is so.'),
  }),
);

const count = z.number().int();

export const validationAnswer = named(
  'PolicyValidation',
  z.strictObject({
    valid: z.boolean(),
    problems: z
      .array(z.strictObject({ path: z.string(), message: z.string() }))
      .readonly()
      .describe('Every problem, with its path and what to write instead.'),
    uncovered: z
      .strictObject({
        networks: count.describe('Networks that were looked at.'),
        locationsWithoutDestination: z
          .array(z.strictObject({ location: z.string(), networks: count, message: z.string() }))
          .readonly(),
        subscriptionsWithoutRule: z.array(z.strictObject({ subscriptionId: z.string(), networks: count })).readonly(),
        outOfScope: z.strictObject({
          networks: count,
          ids: z.array(z.string()).readonly().describe('A hundred at most.'),
        }),
        unknown: count.describe('Networks of subscriptions whose management groups could not be read.'),
      })
      .nullable()
      .describe('Null where the document is not valid, or nothing of the estate is known.'),
    incomplete: z.string().nullable().describe('Why not all of the estate was looked at.'),
  }) satisfies z.ZodType<Validation>,
);

export const progressAnswer = named(
  'Remediation',
  z.strictObject({
    id: z.guid(),
    state: z.enum(['selecting', 'running', 'done', 'cancelled']),
    acceptedAt: z.string(),
    by: z.string().nullable().describe('The object id of who asked; null where a function key was shown.'),
    dryRun: z.boolean(),
    cancelledAt: z.string().nullable(),
    cancelledBy: z.string().nullable(),
    counts: z.strictObject({ networks: z.number().int(), done: z.number().int(), cancelled: z.number().int() }),
    networks: z.array(byNetwork),
    continuation,
  }),
);

const destination = named(
  'Destination',
  z.strictObject({
    account: z.string(),
    ...destinationBody.pick({
      storageAccountId: true,
      state: true,
      identityId: true,
      principalId: true,
      checkedAt: true,
      problem: true,
      warnings: true,
      nextTry: true,
    }).shape,
    leftovers: z.array(z.string()).describe('What was made, not published, and could not be taken back yet.'),
    retired: z
      .array(z.strictObject(retired.shape))
      .describe('What was published once: it stays until no log has used it for a day.'),
  }),
);
export const destinationsAnswer = named('Destinations', z.strictObject({ destinations: z.array(destination) }));

export const changesAnswer = named('Changes', z.strictObject({ changes: z.array(change), continuation }));

const tally = { met: z.number().int(), unmet: z.number().int(), unknown: z.number().int(), isMet: z.boolean() };
export const reportAnswer = named(
  'Report',
  z.strictObject({
    policy: z
      .strictObject({ etag: z.string(), hash: z.string(), mode: z.enum(['audit', 'enforce', 'off']) })
      .nullable(),
    asOf: z.string().nullable().describe('When a network was looked at last.'),
    networks: z.number().int(),
    states: z.record(z.string(), z.number().int()),
    azurePolicies: z
      .array(z.strictObject({ id: z.string(), name: z.string(), ...tally }))
      .describe("Azure Policy's built-in definitions about flow logs, and in how many networks each is met."),
    azureInitiatives: z
      .array(
        z.strictObject({
          id: z.string(),
          name: z.string(),
          version: z.string(),
          policies: z.array(z.string()),
          isMet: z.boolean(),
        }),
      )
      .describe('Built-in initiatives that are known to hold some of them; met as far as these go.'),
    attention: z
      .array(
        z.strictObject({
          ...networkRecord.pick({ id: true, state: true, because: true, until: true }).shape,
          drifts: z.array(z.string()),
          code: z.string().nullable(),
        }),
      )
      .describe('Networks that are not as they should be, 200 at most; the CSV has all.'),
    attentionLeftOut: z.number().int(),
  }),
);

const checkStatus = z.enum(['ok', 'warning', 'failed']);
export const healthAnswer = named(
  'Health',
  z.strictObject({
    status: z.enum(['healthy', 'degraded', 'unhealthy']),
    checks: z.strictObject({
      storage: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      armToken: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      resourceGraph: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      policy: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      sweep: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      inbox: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      destinations: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      changes: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      subscriptions: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
      deadLetters: z.strictObject({ status: checkStatus, detail: z.string().nullable() }),
    }),
    policy: z.strictObject({ hash: z.string(), etag: z.string(), mode: z.string() }).nullable(),
    inbox: z
      .strictObject({
        lanes: z.number().int().describe('Lanes that have something to do, or wait for it.'),
        due: z.number().int(),
        settling: z.number().int(),
        waiting: z.number().int(),
        parked: z.number().int(),
        oldestDueAt: z.string().nullable().describe('Since when the item that is due for longest has been asked for.'),
        isWhole: z.boolean().describe('False where there is more than was counted.'),
      })
      .nullable(),
    sweep: z
      .strictObject({ finishedAt: z.string(), ageSeconds: z.number().int(), selected: z.number().int() })
      .nullable(),
    subscriptions: z
      .strictObject({
        known: z.number().int(),
        withoutEvents: z.array(z.string()).describe('No event has come from them so far; twenty at most.'),
        unreadable: z.array(z.string()).describe('The policy names them, and they may not be read; twenty at most.'),
      })
      .nullable(),
    deadLetters: z
      .strictObject({ readBack: z.number().int(), unreadable: z.number().int(), lastAt: z.string() })
      .nullable(),
  }),
);

export const approvalAnswer = named(
  'PolicyApproval',
  z.strictObject({
    state: z
      .enum(['inForce', 'weighing', 'waits', 'refused'])
      .describe(
        'Of the document that was stated last: what it would change is yet to be found out, or is to be approved.',
      ),
    inForce: z.string().describe('The version of the policy in force.'),
    approved: z
      .strictObject({ by: z.string().nullable(), at: z.string() })
      .nullable()
      .describe('Who approved the policy in force, where that was needed; by is null where a function key was shown.'),
    etag: z.string().nullable().describe('The version to approve; null where none waits.'),
    approveAbove: z.number().int().nullable().describe('So many compliant networks may change without approval.'),
    networks: z.number().int().nullable().describe('So many compliant networks would change.'),
    fields: z.record(z.string(), z.number().int()).nullable().describe('In how many networks each field would.'),
    problems: z.array(z.strictObject({ path: z.string(), message: z.string() })).describe('Why it was refused.'),
    document: z.unknown().describe('The document that waits; null where none does.'),
  }),
);
