import { createTimer, type ReplayContext } from './context.ts';
import { fromMs, type Instant } from './instant.ts';
import { openTask, type Task } from './task.ts';

const DAY = 24 * 60 * 60 * 1000;
const LONGEST = fromMs(6 * DAY);
const LEG = fromMs(3 * DAY);

/**
 * Makes the timers of one execution. One over six days is made of legs of three days. While such a one is open, **every**
 * timer runs in that loop, and is made again whenever it fires early: so the real engine, and timers do fire early there.
 */
export function timerMaker(context: ReplayContext): (fireAt: Instant, cancelled: boolean) => Task {
  let looping = false;
  return (fireAt, cancelled) => {
    const long = fireAt - context.now > LONGEST;
    if (long) looping = true;
    const first = createTimer(context, long ? context.now + LEG : fireAt);
    if (cancelled) first.cancel();
    if (!looping) return first.task;

    const whole = openTask();
    const follow = (leg: Task): void =>
      leg.whenSettled(() => {
        if (leg.state === 'cancelled') return whole.settle('cancelled');
        if (context.now >= fireAt) return whole.settle('done');
        const rest = fireAt - context.now;
        follow(createTimer(context, rest > LEG ? context.now + LEG : fireAt).task);
      });
    follow(first.task);
    return whole;
  };
}
