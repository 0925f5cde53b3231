import type { EnvironmentFile } from './env-file.ts';
import type { StartError } from './start-error.ts';
import type { ChildEvent } from './supervisor.ts';

/** The processes of the local run; the host runs the function app in a further one of its own. */
export type Part = 'arm' | 'azurite' | 'host';

export type WorldOptions = {
  readonly dataDir: string;
  /** Empties the data folder first. */
  readonly fresh?: boolean;
  /** Ports on 127.0.0.1; 0, the default, chooses free ones. */
  readonly functionsPort?: number;
  readonly armPort?: number;
  /** Checks function keys, as the host in Azure does. */
  readonly keys?: boolean;
  /** ARM operations and propagation take as long as recorded in Azure, instead of about 2 s. */
  readonly realTimes?: boolean;
  /** The estate of a new data folder; a kept one goes on with its own. */
  readonly estateFile?: string;
  /** Stated when the function app has no policy yet; null states none. */
  readonly policyFile?: string | null;
  /** Where a Functions host is, or will be, that somebody else starts; none is started then. */
  readonly functionsUrl?: string;
  /** Told of how it goes with that host. */
  readonly onHost?: (line: string) => void;
  /** False leaves it to the caller to subscribe to the events. */
  readonly registerEvents?: boolean;
  /** App settings beside, or instead of, the usual ones. */
  readonly appSettings?: Readonly<Record<string, string>>;
  /** Further arguments for the ARM simulator. */
  readonly armArgs?: readonly string[];
  /** Further arguments for Azurite. */
  readonly azuriteArgs?: readonly string[];
  /** Other programs in place of the real ones, and another folder (with package.json and host.json) in place of the built app. */
  readonly programs?: Partial<Record<Part, string>>;
  readonly appDir?: string;
  readonly onLine?: (part: Part, line: string, stream: 'stdout' | 'stderr') => void;
  readonly onEvent?: (part: Part, event: ChildEvent) => void;
  /** Ends a start that is under way: startWorld rejects, and nothing is left running. */
  readonly abort?: AbortSignal;
};

export type World = {
  readonly dataDir: string;
  /** True when the data folder began empty. */
  readonly isNew: boolean;
  /** What `env.json` says now. */
  readonly environment: () => EnvironmentFile;
  /** What the function app gets, or is to get from whoever starts its host. */
  readonly appSettings: Readonly<Record<string, string>>;
  /** Settles when a process can't be brought back; only `stop` is left to call then. */
  readonly lost: Promise<StartError>;
  /** Stops every process cleanly and removes `env.json`; a second call waits for the first. */
  readonly stop: () => Promise<void>;
};
