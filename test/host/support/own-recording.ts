import type { Invocation } from '../../../infra/local/host/app/calls.ts';
import type { Play } from './driver.ts';
import type { RecordedInvocation, Recording, Turn } from './recording.ts';

/** What this host did for one scenario, in the form of the recordings. */
export function ownRecording(play: Play, invocations: readonly Invocation[]): Recording {
  const turns: Turn[] = [];
  const executions = new Set<string>();
  for (const invocation of invocations) {
    if (invocation.trigger !== 'orchestrationTrigger' || !invocation.data || !('string' in invocation.data)) continue;
    const payload: Turn['payload'] = JSON.parse(invocation.data.string);
    const { instanceId, parentInstanceId } = payload;
    const ofScenario =
      [instanceId, parentInstanceId].some((id) => belongs(play, id)) || executions.has(String(parentInstanceId));
    if (!ofScenario) continue;
    executions.add(instanceId);
    turns.push({
      at: '',
      function: invocation.functionName,
      payload,
      payloadText: invocation.data.string,
      ...stateOf(invocation),
    });
  }
  const bindings = invocations.flatMap(({ clientBinding }) => (clientBinding ? [clientBinding] : []));
  return {
    scenario: play.name,
    turns,
    invocations: activitiesOf(invocations),
    clientBindings: [...new Set(bindings)].map((text) => JSON.parse(text)),
    requestsOfTheExtension: play.requestsOfTheExtension,
    http: play.http,
    final: play.final,
  };
}

function belongs({ name }: Play, id: unknown): boolean {
  if (typeof id !== 'string') return false;
  // The ids of this scenario have no common name; the recording has no turns of the two whose ids are decoded twice.
  if (name === 'oddIds') return id.endsWith('r1') && !id.endsWith('-r1') && id !== 'a br1' && id !== 'a%br1';
  return id === `${name}-r1` || id.startsWith(`${name}-r1-`);
}

function stateOf({ result }: Invocation): Pick<Turn, 'state' | 'thrown'> {
  if (result.ok)
    return result.returnValue && 'json' in result.returnValue ? { state: JSON.parse(result.returnValue.json) } : {};
  const marker = '$OutOfProcData$:';
  const at = result.message.indexOf(marker);
  if (at < 0) return { thrown: result.message };
  return {
    thrown: `${result.message.slice(0, at + marker.length)}…`,
    state: JSON.parse(result.message.slice(at + marker.length)),
  };
}

/** Activities do not say for which instance they run: those of all scenarios. */
function activitiesOf(invocations: readonly Invocation[]): RecordedInvocation[] {
  return invocations
    .filter(({ trigger }) => trigger === 'activityTrigger')
    .map(({ functionName, data, result }) => ({
      kind: 'activity',
      function: functionName,
      inputText: data && 'string' in data ? data.string : null,
      ...(result.ok ? { output: outputOf(result.returnValue) } : { thrown: result.message }),
    }));
}

function outputOf(value: unknown): unknown {
  if (value && typeof value === 'object' && 'bytes' in value && value.bytes instanceof Uint8Array) {
    return { bytes: { $b64: Buffer.from(value.bytes).toString('base64') } };
  }
  if (value && typeof value === 'object' && 'double' in value && Number.isNaN(value.double)) return { double: 'NaN' };
  return value ?? null;
}
