import type { z } from 'zod';

/** One thing that is wrong with what came in: where (`rules[0].destination.westeurope`), and what to write instead. */
export type Violation = { readonly path: string; readonly message: string };

/** Every violation that zod found, unknown fields each under their own path. */
export function violationsOf(error: z.ZodError): Violation[] {
  return error.issues.flatMap((issue) => {
    const path = pathText(issue.path);
    if (issue.code !== 'unrecognized_keys') return [{ path, message: issue.message }];
    return issue.keys.map((key) => ({ path: pathText([...issue.path, key]), message: 'There is no such field.' }));
  });
}

function pathText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
