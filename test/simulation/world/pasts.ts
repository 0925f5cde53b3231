import type { Past, Store } from '../../../infra/local/arm/core/store.ts';

/** The estate as it was at some moments of the last seconds, for reads that are answered with the past. */
export type Pasts = ReturnType<typeof keepPasts>;

const everyMs = 2_500;
/** Nothing that is older is ever shown. */
const oldestMs = 15_000;

/** `keep` is to be called before whatever may change the store. */
export function keepPasts(store: Store, now: () => number) {
  let kept: readonly { readonly past: Past; readonly since: number }[] = [];
  return {
    keep(): void {
      if (now() - (kept.at(-1)?.since ?? 0) < everyMs) return;
      const old = kept.filter(({ since }) => now() - since > oldestMs);
      for (const { past } of old) store.forget(past);
      kept = [...kept.filter((one) => !old.includes(one)), { past: store.remember(), since: now() }];
    },

    /** One of the moments of the last seconds; `undefined` where nothing has changed in them. */
    drawn(random: number): Past | undefined {
      const shown = kept.filter(({ since }) => now() - since <= oldestMs);
      return shown[Math.floor(random * shown.length)]?.past;
    },
  };
}
