import { registerActivities } from './activities.ts';
import { registerChanges } from './changes-http.ts';
import { flushTelemetryAtEnd } from './composition.ts';
import { registerDestinations } from './destinations-http.ts';
import { registerHealth } from './health-http.ts';
import { registerNetworks } from './networks-http.ts';
import { registerOnResourceEvent } from './on-resource-event.ts';
import { registerOpenApi } from './openapi-http.ts';
import { registerOrchestrators } from './orchestrators.ts';
import { registerPolicyApproval } from './policy-approval-http.ts';
import { registerPolicy } from './policy-http.ts';
import { registerRemediations } from './remediations-http.ts';
import { registerReport } from './report-http.ts';
import { readSettings } from './settings.ts';
import { registerTimers } from './timers.ts';

// The entry of the function app: everything it has, at one glance. Wrong settings stop it here, all named at once.
const { sweepSchedule, access } = readSettings(process.env);

registerOnResourceEvent();
registerRemediations(access);
registerNetworks(access);
registerDestinations(access);
registerPolicy(access);
registerPolicyApproval(access);
registerReport(access);
registerChanges(access);
registerHealth(access);
registerOpenApi(access);
registerTimers(sweepSchedule);
registerOrchestrators();
registerActivities();
flushTelemetryAtEnd();
