import { z } from 'zod';

const key = z.string().min(1).max(1024);
const mark = z.strictObject({ nextPartitionKey: key, nextRowKey: key.optional() });

/** Where a page of Azure Tables ends, out of what its SDK answers and takes; null for anything else. */
export function parseContinuation(token: string): z.infer<typeof mark> | null {
  try {
    const bytes = Buffer.from(token, 'base64');
    const parsed = mark.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
    return parsed.success && bytes.toString('base64') === token ? parsed.data : null;
  } catch {
    return null;
  }
}
