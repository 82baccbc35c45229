/** What a runner counted. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  /** Titles of tests that were skipped; a title says why. */
  readonly skipped: readonly string[];
}

export const ONE_PASSED: TestCount = { passed: 1, failed: 0, skipped: [] };
export const ONE_FAILED: TestCount = { passed: 0, failed: 1, skipped: [] };

export function total(counts: readonly TestCount[]): TestCount {
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    skipped: counts.flatMap((count) => count.skipped),
  };
}
