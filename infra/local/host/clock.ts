/** The host's only source of time; tests may give another one. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls back once when the time has come; the answer takes it back. */
  at(ms: number, call: () => void): () => void;
}

const LONGEST_WAIT = 2 ** 31 - 1;

/** The time of the machine. It does not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  at: (ms, call) => {
    let timer: NodeJS.Timeout;
    const arm = () => {
      const rest = Math.max(0, ms - Date.now());
      timer = setTimeout(() => (rest > LONGEST_WAIT ? arm() : call()), Math.min(rest, LONGEST_WAIT));
      timer.unref();
    };
    arm();
    return () => clearTimeout(timer);
  },
};
