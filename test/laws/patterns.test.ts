import fc from 'fast-check';
import { expect, test } from 'vitest';
import { likePattern } from '../../shared/decide/like-pattern.ts';

const letters = (unit: string) => fc.string({ unit: fc.constantFrom(...unit), maxLength: 8 });

test('a pattern means what its regular expression would', () => {
  fc.assert(
    fc.property(letters('abA.'), letters('abA.***'), (text, pattern) => {
      const expression = new RegExp(`^${pattern.replaceAll('.', '\\.').replaceAll('*', '.*')}$`, 'i');
      expect(likePattern(text, pattern)).toBe(expression.test(text));
    }),
    { numRuns: 2000 },
  );
});

test('stars stand for any runs of characters, also for none', () => {
  fc.assert(
    fc.property(fc.array(letters('ab/'), { minLength: 1, maxLength: 6 }), fc.string(), (parts, between) => {
      expect(likePattern(parts.join(between), parts.join('*'))).toBe(true);
      expect(likePattern(parts.join(''), parts.join('*'))).toBe(true);
    }),
  );
});

test('a pattern of many stars is answered at once: as a regular expression it would run for minutes', () => {
  expect(likePattern('a'.repeat(200), `${'*a'.repeat(50)}*b`)).toBe(false);
  expect(likePattern('a'.repeat(200), `${'*a'.repeat(50)}*`)).toBe(true);
});
