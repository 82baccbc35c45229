import { itIsEquivalent } from "../counterexample.ts";

describe("counterexample: re-entry that is undone, and more of the same account", () => {
  for (const far of [0, 2] as const)
    for (const from of [0, 1] as const)
      itIsEquivalent(
        `by ${far === 0 ? "L1" : "a rollup"}, in a transaction of ${from === 0 ? "L1" : "a rollup"}`,
        {
          homes: [1, far, 1, 0],
          transactions: [
            {
              from,
              to: 0,
              script: [
                {
                  do: "call",
                  to: 1,
                  script: [
                    {
                      do: "call",
                      to: "self",
                      caught: true,
                      script: [
                        { do: "call", to: 2, script: [{ do: "write", slot: 1, value: 5 }] },
                        { do: "revert", size: 1, tag: 1 },
                      ],
                    },
                  ],
                },
                {
                  do: "call",
                  to: 2,
                  script: [
                    { do: "write", slot: 1, value: 6 },
                    { do: "read", slot: 1 },
                  ],
                },
              ],
            },
          ],
        },
      );
});
