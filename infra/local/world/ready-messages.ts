import { z } from 'zod';

// What the children of the local run say over IPC when they can be used.

const armReady = z.object({
  kind: z.literal('ready'),
  pid: z.number(),
  armEndpoint: z.url(),
  identityEndpoint: z.url(),
  identityHeader: z.string(),
  controlUrl: z.url(),
  blobEndpoint: z.url(),
  tenantId: z.string(),
});
const azuriteReady = z.object({
  kind: z.literal('ready'),
  pid: z.number(),
  ports: z.object({ blob: z.number(), queue: z.number(), table: z.number() }),
});
const hostReady = z.object({
  kind: z.literal('ready'),
  pid: z.number(),
  appPid: z.number(),
  url: z.url(),
  functionKey: z.string().nullable(),
  eventGridKey: z.string(),
});
const appRestarted = z.object({ kind: z.literal('app'), appPid: z.number() });

/** The ARM simulator with its identity endpoint and its control endpoint. */
export type ArmReady = z.infer<typeof armReady>;
/** The storage account; ports on 127.0.0.1. */
export type AzuriteReady = z.infer<typeof azuriteReady>;
/** The Functions host, with the function app loaded. */
export type HostReady = z.infer<typeof hostReady>;

/** Each parser answers undefined for a message of another kind. */
export const parseArmReady = (message: unknown): ArmReady | undefined => armReady.safeParse(message).data;
export const parseAzuriteReady = (message: unknown): AzuriteReady | undefined => azuriteReady.safeParse(message).data;
export const parseHostReady = (message: unknown): HostReady | undefined => hostReady.safeParse(message).data;

/** The new process id of the function app, when the host says that it has started the app again. */
export const parseAppRestarted = (message: unknown): number | undefined => appRestarted.safeParse(message).data?.appPid;
