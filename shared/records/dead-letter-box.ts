import type { ContainerClient } from '@azure/storage-blob';
import { z } from 'zod';

/** The container into which Event Grid puts what it could not deliver: one blob an event or a few, and it never looks back. */
export type DeadLetterBox = {
  /** At most `limit` letters, those that were set aside left out. */
  list(limit: number): Promise<readonly DeadLetter[]>;
  read(letter: DeadLetter): Promise<string>;
  remove(letter: DeadLetter): Promise<void>;
  /** Keeps a letter that nobody can read for a person to look at, where it is not taken up again. */
  setAside(letter: DeadLetter, text: string): Promise<void>;
};

export type DeadLetter = { readonly name: string; readonly writtenAt: string };

/** How many events were read back in all, and how many letters no one could read. */
export const deadLetterCount = z.object({ readBack: z.number(), unreadable: z.number(), lastAt: z.string() });

const aside = 'unreadable/';

export function openDeadLetterBox(container: ContainerClient): DeadLetterBox {
  return {
    async list(limit) {
      const letters: DeadLetter[] = [];
      for await (const { name, properties } of container.listBlobsFlat()) {
        if (name.startsWith(aside)) continue;
        letters.push({ name, writtenAt: properties.lastModified.toISOString() });
        if (letters.length === limit) break;
      }
      return letters;
    },
    async read({ name }) {
      return (await container.getBlobClient(name).downloadToBuffer()).toString('utf8');
    },
    async remove({ name }) {
      await container.deleteBlob(name);
    },
    async setAside({ name }, text) {
      await container.uploadBlockBlob(`${aside}${name}`, text, Buffer.byteLength(text));
      await container.deleteBlob(name);
    },
  };
}
