const REMEMBERED = 10_000;

/** Passes each (subject, text) on once; forgets the oldest when there are very many. */
export function oncePerKey(tell: (subject: string, text: string) => void): (subject: string, text: string) => void {
  const told = new Set<string>();
  return (subject, text) => {
    const key = `${subject}\n${text}`;
    if (told.has(key)) return;
    told.add(key);
    const [oldest] = told;
    if (told.size > REMEMBERED && oldest !== undefined) told.delete(oldest);
    tell(subject, text);
  };
}
