import type { VersionedText } from '../../../shared/records/versioned-text.ts';

/** A document in memory, which outlives every process that reaches it. */
export function memoryText(): VersionedText {
  let version = 0;
  let content: string | null = null;
  const etag = () => (content === null ? null : `"v${version}"`);
  return {
    read: async (known) => {
      if (content === null) return null;
      return known === etag() ? 'unchanged' : { text: content, etag: `"v${version}"` };
    },
    etag: async () => etag(),
    write: async (text, { ifMatch, ifNoneMatch }) => {
      if ((ifMatch && ifMatch !== etag()) || (ifNoneMatch === '*' && content !== null)) return 'stale';
      version += 1;
      content = text;
      return `"v${version}"`;
    },
  };
}

/** Documents in memory, by name. */
export function memoryTexts(): (name: string) => VersionedText {
  const texts = new Map<string, VersionedText>();
  return (name) => {
    const text = texts.get(name) ?? memoryText();
    texts.set(name, text);
    return text;
  };
}
