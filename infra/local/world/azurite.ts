import Module, { createRequire, flushCompileCache } from 'node:module';
import { parseArgs } from 'node:util';

// Azurite as a child of the local run: blob, queue and table service on 127.0.0.1, kept in a folder.
//   node azurite.ts --data DIR --blob-port N --queue-port N --table-port N [--save-ms N]     (port 0 = choose)
// Says { kind: 'ready', pid, ports } over IPC; SIGTERM stops it cleanly, and so does the end of its parent.

const { values } = parseArgs({
  options: {
    data: { type: 'string', default: '.flowkeeper/azurite' },
    'blob-port': { type: 'string', default: '0' },
    'queue-port': { type: 'string', default: '0' },
    'table-port': { type: 'string', default: '0' },
    'save-ms': { type: 'string', default: '100' },
  },
});
const services = ['Blob', 'Queue', 'Table'];
const ports = new Map<string, number>();
const closed = new Set<string>();

const require = createRequire(createRequire(import.meta.url).resolve('azurite/dist/src/azurite.js'));
leaveOut('applicationinsights');
saveOften(require('lokijs'), Number(values['save-ms']));
takeAnyAccount(require('./common/AccountDataStore.js'), require('./common/utils/constants.js'));
listenTo();
process.on('SIGINT', () => undefined);
process.on('disconnect', () => process.emit('SIGTERM'));
process.argv.splice(2, process.argv.length, ...azuriteOptions());
require('./azurite.js');

function azuriteOptions(): readonly string[] {
  return [
    '--silent',
    '--skipApiVersionCheck',
    '--disableTelemetry',
    `--location=${values.data}`,
    `--blobPort=${values['blob-port']}`,
    `--queuePort=${values['queue-port']}`,
    `--tablePort=${values['table-port']}`,
  ];
}

/** Azurite's telemetry is off; its library would take more than half of the time that Azurite needs to come back after a kill. */
function leaveOut(name: string): void {
  const id = require.resolve(name);
  require.cache[id] = Object.assign(new Module(id), { exports: {}, loaded: true });
}

/**
 * Azurite saves what has changed every 5 s, and a kill loses the rest; every 100 ms comes closer to a store that keeps what it
 * confirmed. It writes each table anew as a whole, so that very large ones want to be saved less often.
 */
function saveOften(
  loki: { prototype: { autosaveInterval?: number; autosaveEnable: (...args: unknown[]) => void } },
  everyMs: number,
): void {
  const enable = loki.prototype.autosaveEnable;
  loki.prototype.autosaveEnable = function (...args) {
    this.autosaveInterval = everyMs;
    enable.apply(this, args);
  };
}

/** Every name is an account, with the published development key: the estate's storage accounts keep their blobs here, beside the function app's. */
function takeAnyAccount(
  { default: store }: { default: { prototype: { getAccount: (name: string) => unknown } } },
  { EMULATOR_ACCOUNT_KEY: key1 }: { EMULATOR_ACCOUNT_KEY: Buffer },
): void {
  store.prototype.getAccount = (name) => ({ name, key1 });
}

/** Azurite has no interface for "ready" and "closed"; it says both on its console, with the chosen port. */
function listenTo(): void {
  console.log = (line: unknown) => {
    const [, service, state, port] =
      /^Azurite (\w+) service (?:is )?successfully (listening|closed)(?:.*:(\d+)$)?/.exec(String(line)) ?? [];
    if (service === undefined) return;
    if (state === 'closed') closed.add(service);
    else ports.set(service, Number(port));
    if (closed.size === services.length) process.exit(0);
    if (state === 'listening' && ports.size === services.length) {
      flushCompileCache(); // so that its second of loading is shorter after a kill, too
      process.send?.({
        kind: 'ready',
        pid: process.pid,
        ports: { blob: ports.get('Blob'), queue: ports.get('Queue'), table: ports.get('Table') },
      });
    }
  };
}
