import { expect } from "chai";
import type { CompletedVisit, StateMoment } from "../../builder/kinds/kind.ts";
import { l2txAction, resultAction } from "../../builder/protocol/action.ts";
import { chainId, L1, stateRoot } from "../../builder/protocol/ids.ts";
import { Recording } from "../../builder/simulate/recording/recording.ts";

const ROLLUP = chainId(1);

describe("what a simulation records", () => {
  it("has its states hashed one with each step, in their order, and none when the batch is written", () => {
    const hashed: bigint[] = [];
    const moments = Array.from({ length: 6 }, (_, height): StateMoment => {
      const root = stateRoot(BigInt(height));
      return {
        get root() {
          if (!hashed.includes(root)) hashed.push(root);
          return root;
        },
      };
    });
    const recording = new Recording();
    for (const [index, after] of moments.entries()) {
      const before = moments[index - 1];
      if (before === undefined) continue;
      const [trigger, result] = [
        l2txAction(ROLLUP, `0x0${index}`),
        resultAction({ from: ROLLUP, to: L1, failed: false, data: "0x" }),
      ];
      const completed: CompletedVisit = {
        get rootBefore() {
          return before.root;
        },
        get rootAfter() {
          return after.root;
        },
        actions: [trigger, result],
        record: undefined,
      };
      const visits = [{ rollup: ROLLUP, before, completed }];
      const entry = recording.begin({ action: trigger, visits }, new Map([[ROLLUP, before]]));
      recording.visit(entry, ROLLUP);
      entry.root.actions.push({ action: result, visits });
    }
    expect(hashed).to.deep.equal([]);
    let steps = 0;
    for (const _hashed of recording.hashing()) expect(hashed.length).to.be.at.most(++steps);
    expect(hashed).to.deep.equal([0n, 1n, 2n, 3n, 4n, 5n]);
    const executions = recording.executions();
    expect(executions.map(({ visits }) => visits[0]?.completed.rootAfter)).to.deep.equal([
      1n,
      2n,
      3n,
      4n,
      5n,
    ]);
    expect(hashed).to.have.length(6);
  });
});
