import { itIsEquivalent } from "../counterexample.ts";

describe("counterexample: events of a rollup that is entered again", () => {
  itIsEquivalent("what an inner operation emits stands behind what the outer one emitted before", {
    homes: [2, 0, 0, 0],
    transactions: [
      {
        from: 0,
        to: 0,
        script: [
          { do: "log", tag: 0 },
          { do: "call", to: 2, script: [{ do: "call", to: "sender", script: [{ do: "log", tag: 1 }] }] },
          { do: "log", tag: 2 },
        ],
      },
    ],
  });
});
