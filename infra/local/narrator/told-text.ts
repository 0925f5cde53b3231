import { styleText } from 'node:util';
import type { Told, Tone } from './narrator.ts';

const subjectWidth = 26;
const colours: Record<Tone, 'green' | 'red' | 'yellow' | undefined> = {
  good: 'green',
  bad: 'red',
  waiting: 'yellow',
  plain: undefined,
};

/** One line for the screen: `08:12:03  vnet-payments-prod-weu      flow log created  2.3 s`, in local time. */
export function toldText({ time, subject, text, tone }: Told, options: { readonly coloured: boolean }): string {
  const colour = colours[tone];
  const said = options.coloured && colour !== undefined ? styleText(colour, text, { validateStream: false }) : text;
  return `${time.toTimeString().slice(0, 8)}  ${subject.padEnd(subjectWidth)}  ${said}`;
}

/** Whether to colour what goes to this stream: only a terminal, and not where NO_COLOR asks for none. */
export function isColoured(stream: NodeJS.WriteStream): boolean {
  return stream.isTTY === true && (process.env.NO_COLOR ?? '') === '';
}
