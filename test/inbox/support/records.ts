import { type Next, nextOf, type Program } from './scripted.ts';

/** What a process has lived through: the results of its finished activities and the answers in the current one. */
export type Moment = {
  readonly id: number;
  readonly program: string;
  readonly results: readonly unknown[];
  readonly answers: readonly unknown[];
  readonly next: Next;
};

/**
 * All moments of all processes, each made once: processes that have lived through the same are the same value, and the
 * program runs only for moments never seen before.
 */
export function createRecords(programOf: (name: string) => Program) {
  const moments = new Map<string, Moment>();

  const at = async (program: string, results: readonly unknown[], answers: readonly unknown[]): Promise<Moment> => {
    const key = JSON.stringify([program, results, answers]);
    const known = moments.get(key);
    if (known) return known;
    const next = await nextOf(programOf(program), results, answers);
    const moment = { id: moments.size, program, results, answers, next };
    moments.set(key, moment);
    return moment;
  };
  const answered = new Map<string, Moment>();

  return {
    begin: (program: string) => at(program, [], []),
    /** After an answer to the call that the moment hangs in. */
    async answer(moment: Moment, answer: unknown): Promise<Moment> {
      const key = `${moment.id} ${JSON.stringify(answer)}`;
      const known = answered.get(key);
      if (known) return known;
      const after = await at(moment.program, moment.results, [...moment.answers, answer]);
      answered.set(key, after);
      return after;
    },
    /** After the activity has given its result: what it has read is forgotten. */
    finish: (moment: Moment, value: unknown) => at(moment.program, [...moment.results, value], []),
    /** The activity died and is repeated from its start. */
    repeat: (moment: Moment) => at(moment.program, moment.results, []),
    /** The same moment, in another process. */
    as: (program: string, { results, answers }: Moment) => at(program, results, answers),
  };
}

export type Records = ReturnType<typeof createRecords>;
