const parentCheckMs = 200;

/**
 * Aborts when somebody asks this process to stop: Ctrl-C, SIGTERM, a closed terminal; under npm also when npm's shell has gone, because
 * npm passes SIGTERM to that shell alone, and the shell ends without telling. A second Ctrl-C ends the process at once.
 */
export function stopRequested(): AbortSignal {
  const request = new AbortController();
  const parent = process.ppid;
  const stop = (): void => {
    if (request.signal.aborted) process.exit(130);
    request.abort();
  };
  process.on('SIGINT', stop);
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => request.abort());
  if (process.env.npm_lifecycle_event !== undefined) {
    setInterval(() => process.ppid !== parent && request.abort(), parentCheckMs).unref();
  }
  return request.signal;
}
