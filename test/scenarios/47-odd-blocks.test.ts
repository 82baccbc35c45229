import { expect } from "chai";
import { scenario } from "./support/scenario.ts";
import { alice, bob } from "./support/world.ts";

const ROUNDS = 8;

scenario({ number: 47, name: "one that minds the block's number", chains: ["L1", "A"] }, async (world) => {
  const worker = await world.deploy("A", "Refuser");
  const odd = await world.deploy("L1", "OddBlocks", [worker]);
  const steady = await world.deploy("L1", "Passer", [worker]);
  const work = await world.encode({ to: odd, call: "work", args: [10n] });
  const add = await world.encode({ to: steady, call: "work", args: [1n] });
  let done = 0n;
  let refused = 0n;
  for (let round = 0; round < ROUNDS; round++) {
    // Where the next block is odd, its gateway says so; where it becomes odd while the transaction waits, the
    // builder does.
    const fickle = await world
      .submit({ on: "L1", by: alice, to: odd, data: work, gas: 1_000_000n })
      .catch((error: unknown) => {
        expect(String(error)).to.match(/revert/);
        return undefined;
      });
    const other = await world.submit({ on: "L1", by: bob, to: steady, data: add, gas: 1_000_000n });
    await world.builder.idle();
    expect(world.builder.status(other)?.state, "the one beside it").to.equal("posted");
    const status = fickle === undefined ? undefined : world.builder.status(fickle);
    if (status?.state === "posted") {
      expect(status.blockNumber % 2n, "the block's number").to.equal(0n);
      done++;
    } else {
      if (status !== undefined)
        expect(status).to.deep.include({ state: "failed", code: "TRANSACTION_REVERTED" });
      refused++;
    }
    // Blocks of either kind come up.
    await world.l1.node.mine({ blocks: (round % 2) + 1 });
  }
  expect(done > 0n && refused > 0n, "both kinds").to.equal(true);
  expect(done + refused).to.equal(BigInt(ROUNDS));
  expect(await world.read(odd, "count")).to.equal(done);
  expect(await world.read(worker, "total")).to.equal(BigInt(ROUNDS) + 10n * done);
});
