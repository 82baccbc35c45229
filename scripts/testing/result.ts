/** What a runner counted. */
export interface TestCount {
  readonly passed: number;
  readonly failed: number;
  /** Titles of tests that were skipped; a title says why. */
  readonly skipped: readonly string[];
  /** What failed and why, a text each: repeated where the run ends, which is all that some logs keep. */
  readonly failures: readonly string[];
}

export const ONE_PASSED: TestCount = { passed: 1, failed: 0, skipped: [], failures: [] };

export function oneFailed(failure: string): TestCount {
  return { passed: 0, failed: 1, skipped: [], failures: [failure] };
}

export function total(counts: readonly TestCount[]): TestCount {
  return {
    passed: counts.reduce((sum, count) => sum + count.passed, 0),
    failed: counts.reduce((sum, count) => sum + count.failed, 0),
    skipped: counts.flatMap((count) => count.skipped),
    failures: counts.flatMap((count) => count.failures),
  };
}
