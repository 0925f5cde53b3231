/** What keeps the local run from starting, told in one line for the person who started it: what is wrong and what to do next. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

/** Ends a command with one clear line and exit code 1; anything but a StartError is a bug and shows where it came from. */
export function endWithError(error: unknown): never {
  console.error(error instanceof StartError ? error.message : error);
  process.exit(1);
}
