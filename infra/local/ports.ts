import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { StartError } from './start-error.ts';

/**
 * Makes sure that `port` on 127.0.0.1 can be had; 0 always can. Waits up to `patienceMs`, because the processes of a run that was
 * killed need a moment to notice it and let go of their ports.
 */
export async function requireFreePort(port: number, option: string, patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const refusal = await tryPort(port);
    if (refusal === undefined) return;
    if (Date.now() >= deadline)
      throw new StartError(`Port ${port} ${refusal}. Choose another one, 0 for any free one: ${option} N`);
    await delay(100);
  }
}

function tryPort(port: number): Promise<string | undefined> {
  return new Promise((settle) => {
    const server = createServer();
    server.once('error', (error) => {
      const inUse = 'code' in error && error.code === 'EADDRINUSE';
      settle(inUse ? 'is already in use' : `can't be opened (${error.message})`);
    });
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => settle(undefined)));
  });
}
