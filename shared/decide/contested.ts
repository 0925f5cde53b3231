/** A field of a flow log's settings that is set: as it was found, and as it becomes. Texts in which the same value reads the same. */
export type SetField = { readonly field: string; readonly found: string; readonly value: string };

/** Whether there is a log at all, as a field like any other: who deletes a log undoes all of it. */
export const presence = 'flowLog';

/** A field that was set: by which plan and when (ISO). */
export type Repair = {
  readonly planId: string;
  readonly field: string;
  readonly value: string;
  readonly at: string;
  /** False where nobody else has changed it: what was found is what we had set ourselves, or there never was a log. */
  readonly undone: boolean;
};

const dayMs = 24 * 60 * 60_000;

/**
 * The fields that somebody else keeps changing: they are to be written once more, and were put right to the same value
 * `contestedAfter` times within 24 hours already. What is found as we have set it last nobody has changed: there the
 * policy has changed its mind. Counted back from the last repair, not from now: as nothing is written
 * any more, it stays so until a person asks, the policy wants another value, or nobody changes it for a day.
 */
export function contestedFields(
  wanted: readonly SetField[],
  repairs: readonly Repair[],
  contestedAfter: number,
): readonly string[] {
  return wanted
    .filter(({ field, found, value }) => {
      if (repairs.findLast((one) => one.field === field)?.value === found) return false;
      const times = repairs
        .filter((one) => one.undone && one.field === field && one.value === value)
        .map(({ at }) => Date.parse(at));
      const last = Math.max(...times);
      return times.filter((time) => time > last - dayMs).length >= contestedAfter;
    })
    .map(({ field }) => field);
}

type Known = { readonly repairs: readonly Repair[]; readonly resourceGuid: string | null };

/** The repairs that still count: none where a person asks, who starts anew, or for another network under the same name. */
export function countedRepairs(known: Known | null, resourceGuid: string | null, byPerson: boolean): readonly Repair[] {
  if (!known || byPerson) return [];
  const recreated = known.resourceGuid !== null && resourceGuid !== null && known.resourceGuid !== resourceGuid;
  return recreated ? [] : known.repairs;
}

/**
 * Whether a log is found with the very settings with which it was right last. What is wrong with it now nobody has changed: the
 * policy has changed its mind. The repairs can't tell, where a run that died has told of none, or the log was made like that.
 */
export function isAsLeft(
  before: { readonly rightAs: string | null } | null,
  { foundAs }: { readonly foundAs: string | null },
): boolean {
  return foundAs !== null && before?.rightAs === foundAs;
}

/** With what a plan has just put right. Repeatable; what is older than a day before it no longer counts. `asLeft`: see `isAsLeft`. */
export function withRepairs(
  repairs: readonly Repair[],
  made: readonly SetField[],
  { planId, at, asLeft }: { readonly planId: string; readonly at: string; readonly asLeft: boolean },
): readonly Repair[] {
  if (repairs.some((one) => one.planId === planId)) return repairs;
  const repaired = made.map(({ field, found, value }) => {
    const last = repairs.findLast((one) => one.field === field);
    // The first log of a network takes nobody's place.
    const isChanged = last ? last.value !== found : field !== presence;
    return { planId, field, value, at, undone: isChanged && !asLeft };
  });
  return [...withoutOld(repairs, at), ...repaired];
}

/** What is left a day later: for a network that is as it should be, a fight that old is over. */
export function withoutOld(repairs: readonly Repair[], now: string): readonly Repair[] {
  return repairs.filter(({ at }) => Date.parse(at) > Date.parse(now) - dayMs);
}
