import { expect } from "chai";
import { Journal } from "../../../builder/evm/journal.ts";
import { checkStatement } from "../../../builder/kinds/evm/reference/check-statement.ts";
import { createEvmKind } from "../../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../../builder/kinds/evm/machine.ts";
import type { BatchContext } from "../../../builder/kinds/kind.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import { type Action, callAction } from "../../../builder/protocol/action.ts";
import { chainId, L1 } from "../../../builder/protocol/ids.ts";
import { flawOf } from "./reference/expect-flaw.ts";
import { call, STRANGER, TestRollup } from "./reference/rollup.ts";

const SELF = chainId(1);
const T = 1_000_000n;

/** L1 takes batches in any order: that a rollup's time does not go back is what its kind proves. */
describe("time of evm rollups", () => {
  const context = (timestamp: bigint): BatchContext => ({ l1ChainId: 31337n, manager: STRANGER, timestamp });
  const visit = (isStatic = false): Action =>
    callAction({ from: L1, to: SELF, sender: STRANGER, target: STRANGER, value: 0n, isStatic, data: "0x" });

  it("goes on or stands still: a visit in a batch before the state's has no proof, static or not", async () => {
    const machine = await createEvmKind().open({ id: SELF });
    if (!(machine instanceof EvmMachine)) throw new TypeError("an evm rollup");
    const deliver = (timestamp: bigint, isStatic = false) =>
      machine.deliver(visit(isStatic), context(timestamp), new Journal([machine]));
    const codeOf = (work: Promise<unknown>) =>
      work.then(
        () => undefined,
        (error: unknown) => (error instanceof Error && "code" in error ? error.code : error),
      );
    expect(machine.earliest).to.equal(0n);
    await deliver(T);
    expect(machine.earliest).to.equal(T);
    const { number } = machine.store.block;
    const root = machine.stateRoot();
    for (const isStatic of [false, true]) {
      expect(await codeOf(deliver(T - 20n, isStatic))).to.equal("TIME_GOES_BACK");
      expect(await codeOf(deliver(T - 1n, isStatic))).to.equal("TIME_GOES_BACK");
    }
    // A visit that is refused leaves nothing behind, and the machine goes on.
    expect(machine.suspended).to.equal(false);
    expect(machine.stateRoot()).to.equal(root);
    // Another batch of the same second is in the same block.
    await deliver(T);
    expect(machine.store.block).to.deep.equal({ number, timestamp: T });
    await deliver(T + 1n);
    expect(machine.store.block).to.deep.equal({ number: number + 1n, timestamp: T + 1n });
    await machine.close();
  });

  it("is what the checker of statements holds it to", async () => {
    const rollup = await TestRollup.open();
    await rollup.run(call(STRANGER, { value: 1n }));
    const { timestamp } = rollup.store.block;
    for (const isStatic of [false, true]) {
      const before = rollup.store.block.timestamp;
      const { header, visit: played, witness } = await rollup.run(call(STRANGER, { isStatic }));
      const at = (time: bigint) =>
        flawOf(() => checkStatement({ header: { ...header, timestamp: time }, visit: played, witness }));
      expect(await at(header.timestamp)).to.equal(undefined);
      expect(await at(before - 1n)).to.equal("TIMESTAMP_TOO_OLD");
      expect(await at(timestamp - 20n)).to.equal("TIMESTAMP_TOO_OLD");
      // In the same second nothing changes, the root neither; of a static visit time is no part of what is
      // proven.
      expect(await at(before)).to.equal(isStatic ? undefined : "ROOT_DIFFERS");
    }
    await rollup.close();
  });

  it("is not a ledger's", async () => {
    const machine = await ledgerKind.open({ id: SELF });
    expect(machine.earliest).to.equal(0n);
    await machine.close();
  });
});
