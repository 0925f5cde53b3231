import { z } from 'zod';
import { jsonText, numberText } from './dotnet-text.ts';
import { HTTP_ACTIVITY } from './durable-http.ts';
import { taskCompletedEvent, taskFailedEvent } from './events.ts';
import { EventType, type FailureDetails, type TaskCompleted, type TaskFailed } from './history.ts';
import type { Instant } from './instant.ts';
import type { TypedData } from './typed-data.ts';

/** What an activity's answer becomes in the history: its JSON text, null for nothing. */
export function activityCompleted(taskId: number, output: TypedData | null | undefined, now: Instant): TaskCompleted {
  return taskCompletedEvent(now, EventType.TaskCompleted, taskId, resultText(output));
}

function resultText(output: TypedData | null | undefined): string | null {
  if (!output) return null;
  if ('string' in output) return jsonText(output.string);
  if ('json' in output) return jsonText(JSON.parse(output.json));
  if ('bytes' in output) return jsonText(Buffer.from(output.bytes).toString('base64'));
  if ('int' in output) return numberText(output.int);
  if ('double' in output)
    return Number.isFinite(output.double) ? numberText(output.double) : jsonText(String(output.double));
  return null;
}

/**
 * What an activity's failure becomes. A message that is a JSON object of known fields is taken for failure details; the
 * extension's own activity fails with its bare message.
 */
export function activityFailed(taskId: number, name: string, error: ActivityError, now: Instant): TaskFailed {
  if (name === HTTP_ACTIVITY) {
    const failure = { reason: error.message, details: httpExceptionText(error.message), failureDetails: null };
    return taskFailedEvent(now, EventType.TaskFailed, taskId, failure);
  }
  const message = error.message.split('\nStack:')[0] ?? '';
  const failureDetails = detailsIn(error.message);
  const failure = failureDetails
    ? { reason: `Activity function '${name}' failed with an unhandled exception.`, details: null, failureDetails }
    : {
        reason: `Activity function '${name}' failed:  ${message}`,
        details: exceptionText(message, error),
        failureDetails: null,
      };
  return taskFailedEvent(now, EventType.TaskFailed, taskId, failure);
}

export interface ActivityError {
  message: string;
  stack: string;
}

interface EncodedFailure {
  errorType?: string | null | undefined;
  errorMessage?: string | null | undefined;
  stackTrace?: string | null | undefined;
  isNonRetriable?: boolean | null | undefined;
  properties?: Record<string, unknown> | null | undefined;
  innerFailure?: EncodedFailure | null | undefined;
}

const encodedFailure: z.ZodType<EncodedFailure> = z.lazy(() =>
  z.strictObject({
    errorType: z.string().nullish(),
    errorMessage: z.string().nullish(),
    stackTrace: z.string().nullish(),
    isNonRetriable: z.boolean().nullish(),
    properties: z.record(z.string(), z.unknown()).nullish(),
    innerFailure: encodedFailure.nullish(),
  }),
);

function detailsIn(message: string): FailureDetails | null {
  if (!message.startsWith('{')) return null;
  try {
    const parsed = encodedFailure.safeParse(JSON.parse(message.split('\n')[0] ?? ''));
    return parsed.success ? failureDetailsOf(parsed.data) : null;
  } catch {
    return null;
  }
}

function failureDetailsOf(failure: EncodedFailure): FailureDetails {
  return {
    ErrorType: failure.errorType ?? '',
    ErrorMessage: failure.errorMessage ?? '',
    StackTrace: failure.stackTrace ?? null,
    InnerFailure: failure.innerFailure ? failureDetailsOf(failure.innerFailure) : null,
    IsNonRetriable: failure.isNonRetriable ?? false,
    Properties: failure.properties ?? null,
  };
}

/** The exception as the extension serialises it. Apps see it in the message of the error that they catch. */
function exceptionText(message: string, error: ActivityError): string {
  return jsonText({
    $type: 'System.Exception, System.Private.CoreLib',
    ClassName: 'System.Exception',
    Message: ` ${message}`,
    Data: null,
    InnerException: {
      $type: 'Microsoft.Azure.WebJobs.Script.Workers.Rpc.RpcException, Microsoft.Azure.WebJobs.Script',
      Message: `Result: Failure\nException: ${error.message}\nStack: ${error.stack}`,
      InnerException: null,
      HResult: -2146233088,
    },
    HelpURL: null,
    StackTraceString: null,
    RemoteStackTraceString: null,
    RemoteStackIndex: 0,
    ExceptionMethod: null,
    HResult: -2146233088,
    Source: null,
    WatsonBuckets: null,
  });
}

function httpExceptionText(message: string): string {
  return jsonText({
    $type: 'System.Net.Http.HttpRequestException, System.Net.Http',
    Message: message,
    InnerException: null,
    HResult: -2147467259,
  });
}
