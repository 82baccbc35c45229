import { expect } from "chai";
import { type Hex, parseEther, parseGwei } from "viem";
import { holdProofs } from "./support/held.ts";
import type { SolidityChain } from "./support/scenario-chains.ts";
import { scenario } from "./support/scenario.ts";
import { alice, bob, carol } from "./support/world.ts";

scenario(
  { number: 52, name: "two transactions with one nonce", chains: ["L1", "A", "LEDGER"] },
  async (world) => {
    const cell = await world.deploy("A", "Cell");
    // Fees on A are paid with Ether there.
    await world.transfer({
      on: "L1",
      by: alice,
      to: { chain: "A", address: carol.address },
      value: parseEther("1"),
    });
    const target = { L1: await world.addressOn(cell, "L1"), A: cell.address };
    const fees = (gwei: string) => ({ maxFeePerGas: parseGwei(gwei), maxPriorityFeePerGas: parseGwei(gwei) });
    const encoded = async (amount: bigint) => await world.encode({ to: cell, call: "add", args: [amount] });
    using held = await holdProofs(world, { to: cell, call: "add", args: [1n] });
    const sent: [SolidityChain, Hex][] = [];
    for (const on of ["L1", "A"] as const) {
      const wallet = world.endpoint(on).clients.wallet(on === "L1" ? bob : carol);
      const send = async (amount: bigint, gwei: string) =>
        await wallet.sendTransaction({
          to: target[on],
          data: await encoded(amount),
          nonce: 0,
          gas: 1_000_000n,
          ...fees(gwei),
        });
      const first = await send(10n, "10");
      // For the same price it is refused, and the first one stays.
      const refusal = await send(100n, "10").catch((error: unknown) => String(error));
      expect(refusal, on).to.match(/underpriced/);
      expect(world.builder.status(first)?.state, on).to.be.oneOf(["queued", "proving"]);
      // For more it takes its place.
      const second = await send(1_000n, "20");
      expect(world.builder.status(first), on).to.deep.include({ state: "failed", code: "REPLACED" });
      sent.push([on, second]);
    }
    held.release();
    await world.builder.idle();
    for (const [on, hash] of sent) expect(world.builder.status(hash)?.state, on).to.equal("posted");
    expect(await world.read(cell, "value")).to.equal(2_001n);
  },
);
