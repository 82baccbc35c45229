import { itIsEquivalent } from "../counterexample.ts";

describe("counterexample: a static call inside of what is undone", () => {
  for (const far of [0, 2] as const)
    itIsEquivalent(
      `by somebody unknown, from ${far === 0 ? "L1" : "a rollup"}, leaves nothing where it went`,
      {
        homes: [1, far, 0, 0],
        transactions: [
          {
            from: 1,
            to: 1,
            script: [
              {
                do: "call",
                to: "self",
                caught: true,
                script: [
                  { do: "create", caught: true, script: [] },
                  {
                    do: "call",
                    to: "child",
                    caught: true,
                    script: [{ do: "call", to: 0, isStatic: true, caught: true, script: [] }],
                  },
                  { do: "fail" },
                ],
              },
            ],
          },
        ],
      },
    );

  itIsEquivalent("to L1, by a contract of a rollup that nobody has met", {
    homes: [0, 1, 0, 1],
    transactions: [
      {
        from: 1,
        to: 1,
        script: [
          { do: "create", script: [] },
          {
            do: "call",
            to: "child",
            script: [{ do: "call", to: 0, isStatic: true, script: [{ do: "read", slot: 0 }] }],
          },
        ],
      },
    ],
  });
});
