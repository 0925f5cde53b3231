import { eventually, type Scene } from './scene.ts';

/**
 * Sweeps the estate, and waits for the end of it. One that runs already may have looked at some of the estate before: this one
 * begins after it.
 */
export async function sweep(scene: Scene): Promise<void> {
  const said = (what: string) =>
    scene.log.filter((line) => line.includes(what)).map((line) => line.replaceAll('\\', ''));
  const asked = new Date().toISOString();
  for (let answer = ''; !answer.includes('"started":true'); ) {
    const before = said('sweep asked for').length;
    await scene.runFunction('sweep');
    answer = await eventually(async () => said('sweep asked for')[before]);
  }
  const startedAt = (line: string) => /"startedAt":"([^"]+)"/.exec(line)?.[1] ?? '';
  await eventually(async () => said('sweep finished').some((line) => startedAt(line) >= asked));
}
