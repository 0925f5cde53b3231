import { eventually, type Scene } from './scene.ts';

/** Sweeps the estate, and waits for the end of it. */
export async function sweep(scene: Scene): Promise<void> {
  const finished = () => scene.log.filter((line) => line.includes('sweep finished')).length;
  const before = finished();
  await scene.runFunction('sweep');
  await eventually(async () => finished() > before);
}
