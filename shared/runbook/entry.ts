/** What a person needs to know about one code of a problem; who must act is said by the tables of codes. */
export type RunbookEntry = {
  /** What happened, for somebody who sees the code for the first time. */
  readonly happened: string;
  readonly why: string;
  /** What the one who must act does; where that is nobody, what to look at if it lasts. */
  readonly mend: string;
  /** Shows it or mends it. `<…>` is for the reader to fill in; the page says what `$api`, `$key` and `$insights` are. */
  readonly command: string;
};

/** Of a problem that Flowkeeper found by itself. What it does about Azure's refusals follows from the table of those. */
export type OwnEntry = RunbookEntry & {
  /** What Flowkeeper does in the meantime. */
  readonly meanwhile: string;
};
