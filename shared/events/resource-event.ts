import { z } from 'zod';

/** What we take from an event: a hint about a resource, never a payload to be believed. */
export type ResourceEvent = {
  readonly subscriptionId: string;
  /** For example `Microsoft.Network/virtualNetworks/write`, in lower case. */
  readonly operation: string;
  readonly resourceId: string;
  readonly correlationId: string;
  /** The object id of who did it, where Azure says so. Of the claims nothing else is kept. */
  readonly actorId: string | null;
};

export type ReadEvent =
  | { readonly kind: 'event'; readonly event: ResourceEvent }
  /** Not a successful write, delete or action of a resource: nothing to do. */
  | { readonly kind: 'ignored'; readonly why: string }
  | { readonly kind: 'malformed'; readonly why: string };

/** The actor is evidence only: an event that tells it otherwise still counts. */
const authorization = z.object({ evidence: z.object({ principalId: z.string().optional() }).optional() });

const data = z
  .object({
    operationName: z.string().min(1),
    resourceUri: z.string().startsWith('/subscriptions/'),
    subscriptionId: z.guid(),
    correlationId: z.string().min(1).max(100).optional().catch(undefined),
    authorization: authorization.optional().catch(undefined),
  })
  // Else the resource would be worked on in another subscription's lane.
  .refine(
    ({ resourceUri, subscriptionId }) =>
      `${resourceUri}/`.toLowerCase().startsWith(`/subscriptions/${subscriptionId}/`.toLowerCase()),
    { path: ['resourceUri'], error: 'It is no resource of the subscription that the event names.' },
  );

/** Event Grid's own schema and CloudEvents 1.0 differ in the envelope's names only. */
const envelope = z.union([
  z.object({ id: z.string(), eventType: z.string(), data: z.unknown() }),
  z.object({ id: z.string(), type: z.string(), specversion: z.literal('1.0'), data: z.unknown() }),
]);

/** Reads one event of Azure Resource Manager, in either schema. Pure; never throws. */
export function readResourceEvent(body: unknown): ReadEvent {
  const read = envelope.safeParse(body);
  if (!read.success) return { kind: 'malformed', why: `not an event: ${firstIssue(read.error)}` };
  const type = 'eventType' in read.data ? read.data.eventType : read.data.type;
  if (!/^Microsoft\.Resources\.Resource(Write|Delete|Action)Success$/.test(type))
    return { kind: 'ignored', why: `type ${type}` };
  const parsed = data.safeParse(read.data.data);
  if (!parsed.success) return { kind: 'malformed', why: firstIssue(parsed.error) };
  const { operationName, resourceUri, subscriptionId, correlationId, authorization } = parsed.data;
  return {
    kind: 'event',
    event: {
      subscriptionId: subscriptionId.toLowerCase(),
      operation: operationName.toLowerCase(),
      resourceId: resourceUri,
      correlationId: correlationId ?? read.data.id.slice(0, 100),
      actorId: authorization?.evidence?.principalId ?? null,
    },
  };
}

function firstIssue({ issues }: z.ZodError): string {
  const [issue] = issues;
  return issue ? `${issue.path.join('.') || 'event'}: ${issue.message}` : 'unreadable';
}
