import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shownVersion, statedVersion } from '../../functions/policy-versions.ts';

/** As Azure Storage makes them. */
const version = fc.stringMatching(/^0x[0-9A-F]{1,16}$/).map((text) => `"${text}"`);

test('who sends back the ETag that is shown names the version that was stated last', () => {
  fc.assert(
    fc.property(version, version, (etag, statedEtag) => {
      expect(statedVersion(shownVersion({ etag, statedEtag }))).toBe(statedEtag);
      expect(statedVersion(statedEtag)).toBe(statedEtag);
    }),
  );
});

test('what is shown has another ETag when another document takes force, or another one waits', () => {
  const distinct = fc.uniqueArray(version, { minLength: 3, maxLength: 3 });
  fc.assert(
    fc.property(distinct, ([one = '', other = '', third = '']) => {
      const shown = [
        { etag: one, statedEtag: one },
        { etag: one, statedEtag: other },
        { etag: one, statedEtag: third },
        { etag: other, statedEtag: other },
      ].map(shownVersion);
      expect(new Set(shown).size).toBe(shown.length);
      for (const etag of shown) expect(etag).toMatch(/^"[^"]+"$/);
    }),
  );
});

test('any version stays any version', () => {
  expect(statedVersion('*')).toBe('*');
});
