import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** Reads a JSON file of a known form; what is wrong with it is an error for people that names the file. */
export function readJsonFile<T>(file: string, form: z.ZodType<T>): T {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(
      `${file} cannot be read as JSON (${error instanceof Error ? error.message : String(error)}). Correct it, or restore it.`,
    );
  }
  return valid(content, form, file);
}

/** The content of a file in a known form; what is wrong with it is an error for people that names the file. */
export function valid<T>(content: unknown, form: z.ZodType<T>, file: string): T {
  const parsed = form.safeParse(content);
  if (!parsed.success) throw new Error(`${file} is not valid: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
