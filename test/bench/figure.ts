import { textTable } from '../../infra/local/narrator/text-table.ts';

/** One line of the table: a figure beside what it is compared with, both of the same unit. */
export type Figure = {
  readonly what: string;
  readonly unit: 'ms' | 's' | 'MB' | 'a second' | 'requests';
  readonly value: number;
  readonly baseline: { readonly name: string; readonly value: number };
};

/** A part of the bench; `quick` asks for just enough to see that it runs. */
export type Part = (options: { readonly quick: boolean; readonly say: (line: string) => void }) => Promise<Figure[]>;

/** The figures as one table. The ratio is figure to baseline, so below 1 is less time, less memory or fewer requests. */
export function figureTable(figures: readonly Figure[]): string {
  const rows = figures.map(({ what, unit, value, baseline }) => [
    what,
    `${shown(value)} ${unit}`,
    baseline.name,
    `${shown(baseline.value)} ${unit}`,
    baseline.value === 0 ? '-' : ratio(value / baseline.value),
  ]);
  return textTable(['what', 'figure', 'baseline', 'its figure', 'ratio'], rows);
}

/** The mean of the middle half of several measurements: what else the machine did in between hardly counts. */
export function middle(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  const aside = Math.floor(sorted.length / 4);
  const kept = sorted.slice(aside, sorted.length - aside);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

function shown(value: number): string {
  if (value >= 100 || Number.isInteger(value)) return String(Math.round(value));
  return value.toPrecision(value >= 10 ? 3 : 2);
}

function ratio(value: number): string {
  return value.toFixed(value < 0.1 ? 3 : 2);
}
