/** Learning-rate schedules, as transformers' `get_scheduler` defines them. */
import { InvalidOptionError } from '../errors.ts';

/** How the learning rate goes over the updates. */
export interface Schedule {
  /** How the rate goes on after the warm-up: stays, falls in a line, or along half a cosine, to 0. */
  readonly kind: 'constant' | 'linear' | 'cosine';
  /** Steps over which the rate rises from 0; the first step then runs at rate 0, as in transformers. */
  readonly warmupSteps: number;
  /** The same as a share of all steps, rounded up; counts in place of `warmupSteps` where given. */
  readonly warmupShare?: number;
}

/** Factor on the peak rate for step `step` (from 0) of `totalSteps`. */
export function scheduleFactor(schedule: Schedule, step: number, totalSteps: number): number {
  const { kind, warmupShare } = schedule;
  const warmupSteps = warmupShare === undefined ? schedule.warmupSteps : Math.ceil(warmupShare * totalSteps);
  if (step < warmupSteps) return step / Math.max(1, warmupSteps);
  if (kind === 'constant') return 1;
  const progress = (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
  if (kind === 'linear') return Math.max(0, 1 - progress);
  return Math.max(0, 0.5 * (1 + Math.cos(Math.PI * progress)));
}

export function checkSchedule({ warmupSteps, warmupShare = 0 }: Schedule): void {
  if (!Number.isInteger(warmupSteps) || warmupSteps < 0) {
    throw new InvalidOptionError('warmupSteps', `must be a whole number from 0, found ${warmupSteps}`);
  }
  if (!(warmupShare >= 0 && warmupShare < 1)) {
    throw new InvalidOptionError('warmupShare', `must be in [0, 1), found ${warmupShare}`);
  }
}
