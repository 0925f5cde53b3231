/** What the addresses of the management API carry besides the instance. */
export interface LinkOptions {
  taskHub: string;
  /** The system key of the durable extension. */
  key: string;
}

export const WEBHOOK_PATH = 'runtime/webhooks/durabletask';

/** An id as it stands in a link: as .NET's UrlEncode writes it. */
export function encodeId(id: string): string {
  return encodeURIComponent(id)
    .replaceAll('%20', '+')
    .replace(/['~]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** An id in a path: decoded twice, and `+` is a space, as in the real extension. */
export function decodeId(segment: string): string {
  return decode(decode(segment).replaceAll('+', ' '));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The addresses that a client needs to follow an instance, in the recorded order. */
export function instanceLinks(
  origin: string,
  id: string,
  options: LinkOptions,
  withRewind = false,
): Record<string, string> {
  const base = `${origin}/${WEBHOOK_PATH}/instances/${id}`;
  const query = requiredQuery(options);
  return {
    statusQueryGetUri: `${base}?${query}`,
    sendEventPostUri: `${base}/raiseEvent/{eventName}?${query}`,
    terminatePostUri: `${base}/terminate?reason={text}&${query}`,
    ...(withRewind && { rewindPostUri: `${base}/rewind?reason={text}&${query}` }),
    purgeHistoryDeleteUri: `${base}?${query}`,
    restartPostUri: `${base}/restart?${query}`,
    suspendPostUri: `${base}/suspend?reason={text}&${query}`,
    resumePostUri: `${base}/resume?reason={text}&${query}`,
  };
}

function requiredQuery({ taskHub, key }: LinkOptions): string {
  return `taskHub=${encodeURIComponent(taskHub)}&connection=Storage&code=${encodeURIComponent(key)}`;
}

/** The text that a function with a durable client input is given. */
export function clientBindingText(origin: string, options: LinkOptions): string {
  const base = `${origin}/${WEBHOOK_PATH}`;
  const code = `code=${encodeURIComponent(options.key)}`;
  return JSON.stringify({
    taskHubName: options.taskHub,
    connectionName: null,
    creationUrls: {
      createNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?${code}`,
      createAndWaitOnNewInstancePostUri: `${base}/orchestrators/{functionName}[/{instanceId}]?timeout={timeoutInSeconds}&pollingInterval={intervalInSeconds}&${code}`,
    },
    managementUrls: { id: 'INSTANCEID', ...instanceLinks(origin, 'INSTANCEID', options, true) },
    baseUrl: base,
    requiredQueryStringParameters: code,
    rpcBaseUrl: `${origin}/durabletask/`,
    httpBaseUrl: null,
    maxGrpcMessageSizeInBytes: null,
    grpcHttpClientTimeout: null,
  });
}
