/** A seed that passes: CI says whether a commit broke something, not whether luck found an old fault. */
const OF_CI = 705_453_407;

/**
 * The seed of a property test: the variable's, to replay what an earlier run printed; in CI always the same;
 * else another one each time.
 */
export function seedOf(variable: string): number {
  const { CI, [variable]: given } = process.env;
  return Number(given ?? (CI === undefined ? Date.now() % 2 ** 31 : OF_CI));
}
