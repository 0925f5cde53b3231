import type { Json } from '../core/json.ts';

/** An expression of a query, parsed. */
export type Expression =
  | { readonly kind: 'literal'; readonly value: Json }
  | { readonly kind: 'column'; readonly name: string; readonly side?: 'left' | 'right' }
  | { readonly kind: 'member'; readonly of: Expression; readonly name: string | number }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Expression[] }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'in'; readonly operator: string; readonly left: Expression; readonly among: readonly Expression[] }
  | { readonly kind: 'both' | 'either'; readonly left: Expression; readonly right: Expression };

/** An expression under a name; without a given one the name follows from the expression. */
export type Named = { readonly name: string | undefined; readonly expression: Expression };

/** One `| operator` of a query. */
export type Operator =
  | { readonly kind: 'where'; readonly predicate: Expression }
  | { readonly kind: 'extend' | 'project'; readonly columns: readonly Named[] }
  | { readonly kind: 'projectAway'; readonly names: readonly string[] }
  | {
      readonly kind: 'order';
      readonly by: readonly { readonly expression: Expression; readonly descending: boolean }[];
    }
  | { readonly kind: 'take'; readonly count: number }
  | { readonly kind: 'count' }
  | { readonly kind: 'summarize'; readonly aggregates: readonly Named[]; readonly by: readonly Named[] }
  | {
      readonly kind: 'join';
      readonly flavor: 'leftouter' | 'inner';
      readonly right: Query;
      readonly on: readonly JoinKey[];
    };

/** `$left.a == $right.b`. */
export type JoinKey = { readonly left: string; readonly right: string };

export type Query = { readonly table: string; readonly operators: readonly Operator[] };
