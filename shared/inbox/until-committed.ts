const mostTries = 100;

/**
 * Reads and writes again until the write met no conflict (null stands for one). Each conflict means that somebody else
 * has got on; a hundred in a row is a fault, and throws.
 */
export async function untilCommitted<T>(attempt: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < mostTries; tries++) {
    const result = await attempt();
    if (result !== null) return result;
  }
  throw new Error(`A row of a lane could not be written: it was changed by somebody else ${mostTries} times in a row.`);
}
