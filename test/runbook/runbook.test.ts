import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parkedMinutes, sections } from '../../infra/docs/runbook-entries.ts';
import { people, runbookPage } from '../../infra/docs/runbook-page.ts';
import { armErrors, classify, unlistedErrors } from '../../shared/azure/arm-error-table.ts';
import { ownProblem, ownProblems, type Problem } from '../../shared/problem.ts';
import { networkId } from '../decide/support/samples.ts';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/runbook.md', root), 'utf8');
const entries = sections.flatMap((section) => section.entries);
const ownCodes = Object.keys(ownProblems) as (keyof typeof ownProblems)[];

test('docs/runbook.md is what `npm run docs` writes', () => {
  expect(page).toBe(runbookPage());
});

test('every code that a problem can have is told of once, and no other', () => {
  const codes = [armErrors, unlistedErrors, ownProblems].flatMap((table) => Object.keys(table));
  expect(entries.map(({ code }) => code).sort()).toEqual(codes.sort());
});

test('every problem of our own is made somewhere', () => {
  const sources = ['shared', 'orchestrations', 'functions'].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts') && path !== 'problem.ts' && !path.startsWith('runbook'))
      .map((path) => readFileSync(new URL(`${folder}/${path}`, root), 'utf8')),
  );
  const unused = ownCodes.filter((code) => !sources.some((source) => source.includes(`'${code}'`)));
  expect(unused).toEqual([]);
});

test.each(entries)('$code has all its parts', (entry) => {
  for (const text of [entry.happened, entry.why, entry.meanwhile, entry.mend]) expect(text).toMatch(/^[A-Z].+\.$/s);
  expect(entry.command).toMatch(/^(az|azd|curl) /);
});

/** Names of Markdown's headings, as the anchors that they become. */
const anchors = [...page.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) => title.toLowerCase().replaceAll(' ', '-'));

test('no two headings of the page have one anchor', () => {
  expect(anchors.toSorted()).toEqual([...new Set(anchors)].sort());
});

/** What the page says of a problem, found by the way that the problem itself names. */
function toldOf({ runbook }: Problem): string {
  const [, anchor = ''] = /^docs\/runbook\.md#(.+)$/.exec(runbook) ?? [];
  return page.split(/^#+ /m).find((part) => part.toLowerCase().startsWith(`${anchor}\n`)) ?? '';
}

const refused = (code: string, status = 400) =>
  classify({ status, code, innerCodes: [], message: 'No.', retryAfterSeconds: null, requestId: null }, networkId);

describe("Azure's refusals are classed as the page says", () => {
  test.each([
    ...Object.keys(armErrors).map((code) => ({ code, status: 400 })),
    ...[0, 200, 400, 401, 403, 404, 408, 409, 412, 429, 500].map((status) => ({ code: 'Unheard', status })),
  ])('$code with $status', ({ code, status }) => {
    const classified = refused(code, status);
    const { actor } = classified.problem;
    const told = toldOf(classified.problem);
    expect(told).toContain(`**Who acts:** ${people[actor]}.`);
    expect(told).toContain(classified.status === 'retry' ? 'meanwhile:** Repeats' : 'meanwhile:** Does not repeat');
    expect(told).toContain(`tries again every ${parkedMinutes(actor)} minutes.`);
  });
});

describe('our own problems are told of as they are', () => {
  test.each(ownCodes)('%s', (code) => {
    const { actor, ...problem } = ownProblem(code, networkId, 'It is so.');
    expect(problem).toMatchObject({ code, message: 'It is so.', resourceId: networkId });
    const told = toldOf({ actor, ...problem });
    expect(told).toContain(`**Who acts:** ${people[actor]}.`);
    for (const [, minutes] of told.matchAll(/every (\d+) minutes/g)) expect(Number(minutes)).toBe(parkedMinutes(actor));
  });
});
