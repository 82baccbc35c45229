/**
 * Chance that of `trials` independent events, each of which happens with `rate`, `count` or more happen. The
 * sum of the binomial distribution's upper tail, from its terms' logarithms, so that small chances stay
 * exact.
 */
export function chanceOfAtLeast(count: number, trials: number, rate: number): number {
  if (count <= 0) return 1;
  if (count > trials || rate <= 0) return 0;
  if (rate >= 1) return 1;
  let term = trials * Math.log1p(-rate);
  const ratio = Math.log(rate) - Math.log1p(-rate);
  let sum = 0;
  for (let hits = 0; hits <= trials; hits++) {
    if (hits >= count) sum += Math.exp(term);
    term += ratio + Math.log(trials - hits) - Math.log(hits + 1);
  }
  return Math.min(1, sum);
}

/** Chance that of `trials` independent events, each of which happens with `rate`, none happens. */
export function chanceOfNone(trials: number, rate: number): number {
  return Math.exp(trials * Math.log1p(-rate));
}

/** What may happen by chance in one run in so many, and thus does not. */
export const NEVER = 1e-9;
