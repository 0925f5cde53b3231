import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldChanges } from '../../shared/plan/field-changes.ts';
import { desiredSettings, sameSettings } from '../../shared/plan/flow-log-change.ts';
import { desiredFlowLog } from './support/arbitraries.ts';

const settings = desiredFlowLog.map((desired) => desiredSettings(desired, null));

test('a change is empty, field by field, exactly where nothing differs in fact', () => {
  fc.assert(
    fc.property(settings, settings, (before, after) => {
      expect(fieldChanges({ kind: 'update', before, after }).length === 0).toBe(sameSettings(before, after));
      const spelt = { ...after, storageId: after.storageId.toUpperCase() };
      expect(fieldChanges({ kind: 'update', before: spelt, after })).toEqual([]);
    }),
  );
});

test('what one change does, the opposite one takes back', () => {
  fc.assert(
    fc.property(settings, settings, (one, other) => {
      const there = fieldChanges({ kind: 'update', before: one, after: other });
      const back = fieldChanges({ kind: 'update', before: other, after: one });
      const turned = back.map(({ field, before, after }) => ({ field, before: after, after: before }));
      const byField = (a: { field: string }, b: { field: string }) => a.field.localeCompare(b.field);
      expect([...there].sort(byField)).toEqual(turned.sort(byField));
    }),
  );
});

test('what is made is told whole', () => {
  fc.assert(
    fc.property(settings, (after) => {
      const told = new Map(fieldChanges({ kind: 'create', before: null, after }).map((one) => [one.field, one.after]));
      expect(told.get('storageId')).toBe(after.storageId);
      expect(told.get('enabled')).toBe(true);
      expect(told.get('trafficAnalytics.intervalMinutes')).toBe(after.trafficAnalytics?.intervalMinutes);
    }),
  );
});
