import { itIsEquivalent } from "../counterexample.ts";

describe("counterexample: a constructor that reverts with data that begins with 0xEF", () => {
  const places = [
    [0, "L1"],
    [1, "a rollup"],
  ] as const;
  for (const [home, where] of places) {
    itIsEquivalent(`on ${where} keeps its data and its gas`, {
      homes: [home, 0, 0, 0],
      transactions: [
        {
          from: 0,
          to: 0,
          script: [
            { do: "create", salted: false, caught: true, script: [{ do: "revert", size: 1, tag: 0xef }] },
          ],
        },
      ],
    });
  }
});
