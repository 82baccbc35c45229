import { itIsEquivalent } from "../counterexample.ts";

describe("counterexample: a visit that writes what it has not read", () => {
  for (const value of [0, 1]) {
    itIsEquivalent(`a constructor on a rollup that L1 has called writes ${value}`, {
      homes: [1, 1, 1, 1],
      transactions: [
        { from: 0, to: 0, script: [{ do: "create", script: [{ do: "write", slot: 0, value }] }] },
      ],
    });
  }
});
