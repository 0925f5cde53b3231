/** What the engine must know of the host and of the app: names are as registered. */
export interface EngineSettings {
  orchestrators: ReadonlySet<string>;
  activities: ReadonlySet<string>;
  entities: ReadonlySet<string>;
  /** The version that children get, and that clients' starts get; above it nothing runs. */
  defaultVersion: string | null;
}

/** A function's name as registered, found in any case; undefined if there is none. */
export function findName(names: ReadonlySet<string>, name: string): string | undefined {
  if (names.has(name)) return name;
  const wanted = name.toLowerCase();
  return [...names].find((known) => known.toLowerCase() === wanted);
}

/** The extension's words for a function that is not there. */
export function unknownFunction(
  name: string,
  kind: 'orchestrator' | 'activity' | 'entity',
  known: ReadonlySet<string>,
): string {
  const list = [...known].map((one) => `'${one}'`).join(', ');
  return `The function '${name}' doesn't exist, is disabled, or is not an ${kind} function. Additional info: The following are the known ${kind} functions: ${list}.`;
}
