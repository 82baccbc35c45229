import { itIsEquivalent } from "../counterexample.ts";
import type { Home } from "../program.ts";

describe("counterexample: a sender that nobody has met calls, and is called back", () => {
  const routes: readonly (readonly [string, Home, Home])[] = [
    ["L1 to a rollup", 0, 1],
    ["a rollup to L1", 1, 0],
    ["a rollup to another", 1, 2],
  ];
  for (const [route, here, there] of routes)
    for (const isStatic of [true, false])
      itIsEquivalent(`from ${route}${isStatic ? ", inside a static call" : ""}`, {
        homes: [here, there, 0, 0],
        transactions: [
          {
            from: 0,
            to: 0,
            script: [
              { do: "create", script: [] },
              {
                do: "call",
                to: "child",
                isStatic,
                script: [
                  {
                    do: "call",
                    to: 1,
                    script: [{ do: "call", to: "sender", script: [{ do: "read", slot: 0 }] }],
                  },
                ],
              },
            ],
          },
        ],
      });
});
