import { z } from 'zod';
import { limits } from './limits.ts';
import { mode, rule } from './rule.ts';
import { exemption, scope } from './scope.ts';

/** The intent, version 1. `audit` is the default: a policy has to say `enforce` before anything is written. */
export const policyDocument = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    mode: mode.default('audit'),
    scope,
    holdTag: z
      .string()
      .min(1)
      .default('flowkeeper-hold')
      .describe('The tag by which an owner asks for no writes until a time: flowkeeper-hold: 2026-12-01T00:00Z.'),
    exemptions: z.array(exemption).default([]).describe('Networks that are left alone, each with its reason.'),
    rules: z
      .array(rule)
      .min(1, 'Give at least one rule.')
      .describe('The first rule that matches a network is its rule.'),
    limits: limits.prefault({}).describe('How fast and how far Flowkeeper may go.'),
  })
  .describe('What Flowkeeper keeps: a flow log on every virtual network in scope.');

export type Policy = z.output<typeof policyDocument>;
export type Rule = Policy['rules'][number];
export type Mode = z.output<typeof mode>;
