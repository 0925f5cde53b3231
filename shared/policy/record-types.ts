/** Flow states that a log may record: begin, continue, end and deny, in the order in which we write them. */
export const recordTypes = ['B', 'C', 'E', 'D'] as const;

/** The comma list that Azure wants, always in the same order. */
export function recordTypeList(types: readonly string[]): string {
  return recordTypes.filter((type) => types.includes(type)).join(',');
}
