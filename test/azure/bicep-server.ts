import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { z } from 'zod';

const answerSchema = z.object({
  id: z.number(),
  result: z.unknown().optional(),
  error: z.object({ message: z.string() }).optional(),
});
type Answer = z.infer<typeof answerSchema>;

/** The Bicep compiler, running and waiting for requests. */
export type BicepServer = {
  /** Sends a JSON-RPC request and gives its result. Throws what the compiler answers as an error. */
  readonly request: (method: string, params: unknown) => Promise<unknown>;
  readonly stop: () => Promise<void>;
};

const headerEnd = '\r\n\r\n';

/** Starts `bicep jsonrpc`; it compiles in the environment given here. Messages are framed as the Language Server Protocol frames them. */
export function startBicepServer(bicep: string, env: NodeJS.ProcessEnv): BicepServer {
  const server = spawn(bicep, ['jsonrpc', '--stdio'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  const waiting = new Map<number, (answer: Answer) => void>();
  let received = Buffer.alloc(0);
  let lastId = 0;

  server.stdout.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    for (let message = takeMessage(); message !== undefined; message = takeMessage()) {
      const answer = answerSchema.parse(JSON.parse(message));
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    }
  });

  function takeMessage(): string | undefined {
    const end = received.indexOf(headerEnd);
    const length = Number(/Content-Length: (\d+)/i.exec(received.toString('latin1', 0, Math.max(end, 0)))?.[1]);
    const start = end + headerEnd.length;
    if (end < 0 || received.length < start + length) return undefined;
    const message = received.toString('utf8', start, start + length);
    received = received.subarray(start + length);
    return message;
  }

  async function request(method: string, params: unknown): Promise<unknown> {
    lastId += 1;
    const id = lastId;
    const message = JSON.stringify({ jsonrpc: '2.0', id, method, params });
    const answered = new Promise<Answer>((resolve) => waiting.set(id, resolve));
    server.stdin.write(`Content-Length: ${Buffer.byteLength(message)}${headerEnd}${message}`);
    const gone = exited.then((): never => {
      throw new Error(`The Bicep compiler ended before it answered ${method}.`);
    });
    const { result, error } = await Promise.race([answered, gone]);
    if (error !== undefined) throw new Error(error.message);
    return result;
  }

  async function stop(): Promise<void> {
    server.stdin.end();
    await exited;
  }

  return { request, stop };
}
