import { readFileSync, writeFileSync } from 'node:fs';

// What Linux knows of a process: proc(5).

/** Linux counts processor time in hundredths of a second. */
const ticksASecond = 100;

/** The processor time of a process so far: its own and the kernel's for it. */
export function cpuSeconds(pid: number): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ');
  const [user, system] = rest.split(' ').slice(11, 13).map(Number);
  return ((user ?? 0) + (system ?? 0)) / ticksASecond;
}

/** The most memory that a process has had since its start, or since its peak was forgotten. */
export function peakMemoryMb(pid: number): number {
  const [, kibibytes = ''] = /VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return (Number(kibibytes) * 1024) / 1e6;
}

export function forgetPeakMemory(pid: number): void {
  writeFileSync(`/proc/${pid}/clear_refs`, '5');
}
