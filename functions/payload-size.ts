/** More than this would make Azure Storage keep a message as a blob, and slow every replay. */
const limitBytes = 24 * 1024;

/** The answer of an activity, if it is small enough to live in a history. A larger one is a bug, found here and not in production's latency. */
export function checked<Output>(activity: string, output: Output): Output {
  const bytes = Buffer.byteLength(JSON.stringify(output) ?? '');
  if (bytes <= limitBytes) return output;
  throw new Error(`The activity ${activity} answered ${bytes} bytes; a history takes ${limitBytes}.`);
}
