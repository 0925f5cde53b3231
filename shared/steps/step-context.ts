import type { ArmClients } from '../azure/arm-clients.ts';
import type { Stop } from './contract.ts';

/** What a step works with. */
export type StepContext = {
  readonly clients: ArmClients;
  /**
   * The fence, asked as the last thing before every write: still the owner of the lane, still the policy that the plan
   * was made from? So the kill switch works within one request and a superseded run writes nothing.
   */
  readonly guard: () => Promise<Stop | null>;
  /** Put on everything that we make. */
  readonly tags: Readonly<Record<string, string>>;
  /** Marks a flow log or identity as made by this deployment. */
  readonly isOurs: (tags: Readonly<Record<string, string>>) => boolean;
};
