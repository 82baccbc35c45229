/**
 * The raw form of a call whose signature and arguments are shown as well; and, for each failure, how to rerun
 * Hardhat.
 */
const SPARE_LINE = /^ *(?:calldata|sender|address|contractName): |^ *(?:Stack Trace Warning|Try rerunning)/;
/** Of one failure, its first lines: the reason stands in front of the calls that led to it. */
const MOST_OF_A_FAILURE = 4_000;

/**
 * Reads from what Hardhat has printed why each Solidity test failed: its reason, and the calls that led to
 * it.
 *
 * @param printed - All output of `hardhat test solidity`.
 * @returns A text for each failing test; none if Hardhat has not come as far as to a summary.
 */
export function solidityFailures(printed: string): string[] {
  const [, summary] = printed.split(/^ *\d+ failing$/m);
  if (summary === undefined) return [];
  return summary
    .split(/^ *\d+\) (?=\S+#)/m)
    .slice(1)
    .map((failure) => {
      const lines = failure.split("\n").filter((line) => line.trim() !== "" && !SPARE_LINE.test(line));
      return lines.join("\n").slice(0, MOST_OF_A_FAILURE);
    });
}
