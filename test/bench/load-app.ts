import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { provideCoreModule } from '../../infra/local/host/app/core-module.ts';

// Loads a function app once, as a Functions worker does, and says how long that took: node load-app.ts FILE

const [file = ''] = process.argv.slice(2);
provideCoreModule(() => undefined);
const began = performance.now();
const cpu = process.cpuUsage();
if (/\.c?js$/.test(file)) createRequire(import.meta.url)(file);
else await import(pathToFileURL(file).href);
const { user, system } = process.cpuUsage(cpu);
process.send?.({ ms: performance.now() - began, cpuMs: (user + system) / 1000 });
