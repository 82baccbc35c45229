import { expect } from "chai";
import { parseGwei } from "viem";
import { holdProofs } from "./support/held.ts";
import { scenario } from "./support/scenario.ts";
import { bob, carol } from "./support/world.ts";

scenario({ number: 48, name: "the nonce goes elsewhere", chains: ["L1", "A", "LEDGER"] }, async (world) => {
  const cell = await world.deploy("A", "Cell");
  using held = await holdProofs(world, { to: cell, call: "add", args: [1n] });
  const add = await world.encode({ to: cell, call: "add", args: [10n] });
  const waiting = await world.submit({ on: "L1", by: bob, to: cell, data: add, gas: 1_000_000n });
  const beside = await world.submit({ on: "L1", by: carol, to: cell, data: add, gas: 1_000_000n });
  // Past the builder, at L1's own node.
  const burnt = await world.l1.writer(bob).sendTransaction({
    to: carol.address,
    value: 1n,
    nonce: 0,
    maxFeePerGas: parseGwei("100"),
    maxPriorityFeePerGas: parseGwei("2"),
  });
  const { status } = await world.l1.reader.waitForTransactionReceipt({ hash: burnt });
  expect(status).to.equal("success");
  held.release();
  await world.builder.idle();
  expect(world.builder.status(waiting)).to.deep.include({ state: "failed", code: "NONCE_TOO_LOW" });
  expect(world.builder.status(beside)?.state).to.equal("posted");
  expect(await world.read(cell, "value")).to.equal(11n);
});
