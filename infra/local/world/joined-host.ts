import { setTimeout as delay } from 'node:timers/promises';
import { readKeys } from '../host/http/keys.ts';
import type { HostReady } from './ready-messages.ts';
import type { SupervisedChild } from './supervisor.ts';

const betweenTriesMs = 500;

/** A Functions host that somebody else starts and stops, as far as the stand-ins for Azure have to do with it. */
export type JoinedHost = Pick<SupervisedChild<HostReady>, 'current' | 'lost' | 'giveUp' | 'stop'>;

/**
 * Waits for a Functions host at `url`, for as long as it takes, and then does what someone who deploys the app does once; what fails is
 * tried again, and each reason is told once. It may ask for the keys in `keysFile`, which an embedded host with the same data folder
 * finds there; Core Tools ask for none.
 */
export function joinHost(options: {
  readonly url: string;
  readonly keysFile: string;
  readonly onboard: () => Promise<void>;
  readonly tell: (line: string) => void;
}): JoinedHost {
  const { url, keysFile, onboard, tell } = options;
  const keys = readKeys(keysFile);
  const host: HostReady = {
    kind: 'ready',
    url,
    pid: 0,
    appPid: 0,
    functionKey: keys.function,
    eventGridKey: keys.eventgrid,
  };
  const ended = new AbortController();
  const joining = join();
  return {
    current: () => host,
    lost: new Promise(() => undefined),
    giveUp: () => ended.abort(),
    stop: async () => {
      ended.abort();
      await joining;
    },
  };

  async function join(): Promise<void> {
    let told = '';
    while (!ended.signal.aborted) {
      const hindrance = (await answers(url)) ? await hindranceOf(onboard) : absence(url);
      if (ended.signal.aborted) return;
      if (hindrance === null) return tell(`The app at ${url} gets the events of the estate; its policy is stated.`);
      if (hindrance !== told) tell(hindrance);
      told = hindrance;
      await delay(betweenTriesMs, undefined, { signal: ended.signal }).catch(() => undefined);
    }
  }
}

function absence(url: string): string {
  return `No Functions host answers at ${url} yet. Event Grid asks an endpoint before it delivers, so events are subscribed to once one does.`;
}

/** Whether anything speaks HTTP there, whatever it says. */
async function answers(url: string): Promise<boolean> {
  try {
    await (await fetch(url, { signal: AbortSignal.timeout(5000) })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

async function hindranceOf(work: () => Promise<void>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
