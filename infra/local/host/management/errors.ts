import { type HttpAnswer, json } from '../http/message.ts';

/** An error as the extension tells it when it stands behind an exception. */
export function exceptionAnswer(status: number, message: string, type: string, exceptionMessage: string): HttpAnswer {
  return json(status, { Message: message, ExceptionMessage: exceptionMessage, ExceptionType: type, StackTrace: '' });
}

/** 400 for a body that is no JSON. */
export function badJson(error: unknown): HttpAnswer {
  const message = error instanceof Error ? error.message : String(error);
  return exceptionAnswer(400, 'Invalid JSON content', 'Newtonsoft.Json.JsonReaderException', message);
}

/** 500 for what cannot be done in the state that the instance is in. */
export function invalidOperation(message: string): HttpAnswer {
  return exceptionAnswer(
    500,
    'Something went wrong while processing your request',
    'System.InvalidOperationException',
    message,
  );
}

/** 400 for arguments that do not go together with what is stored. */
export function invalidArgument(message: string): HttpAnswer {
  return exceptionAnswer(
    400,
    'One or more of the arguments submitted is incorrect',
    'System.ArgumentException',
    message,
  );
}

/** A feature of the extension that this host does not have. */
export function notImplemented(feature: string): HttpAnswer {
  return json(501, { Message: `${feature} not supported by the embedded Functions host.` });
}
