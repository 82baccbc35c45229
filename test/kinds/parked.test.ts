import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import { Journal } from "../../builder/evm/journal.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import type { RollupKind, RollupMachine } from "../../builder/kinds/kind.ts";
import { callAction } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";

const ID = chainId(1n);
const CONTEXT = { l1ChainId: 31337n, manager: numberToHex(9n, { size: 20 }), timestamp: 1_000n } as const;
const SENDER = numberToHex(0xabcn, { size: 20 });

/** A machine leaves what is journalled and takes it up again. */
describe("a machine that is parked", () => {
  const kinds: readonly (readonly [RollupKind, Hex])[] = [
    [ledgerKind, LEDGER],
    [evmKind, numberToHex(0xdefn, { size: 20 })],
  ];
  for (const [kind, target] of kinds) {
    describe(kind.name, () => {
      let machine: RollupMachine;
      let journal: Journal;
      beforeEach(async () => {
        machine = await kind.open({ id: ID });
        journal = new Journal([machine]);
        journal.checkpoint(L1);
      });
      afterEach(async () => {
        await machine.close();
      });

      async function pay(value: bigint, on = machine, by = journal) {
        by.checkpoint(L1);
        const call = callAction({
          from: L1,
          to: ID,
          sender: SENDER,
          target,
          value,
          isStatic: false,
          gas: 0,
          data: "0x",
        });
        const { visit } = await on.deliver(call, CONTEXT, by);
        by.commit();
        if (visit === undefined) throw new Error("the visit has not ended");
        return visit;
      }

      it("is at its durable state meanwhile, and then where it was, and goes on", async () => {
        const genesis = machine.stateRoot();
        const first = await pay(5n);
        const back = machine.park();
        expect(machine.stateRoot()).to.equal(genesis);
        // Roots are asked for late: of what is parked as well.
        const { rootBefore, rootAfter } = first;
        expect(rootBefore).to.equal(genesis);
        // Another branch, which comes and goes.
        const other = machine.fresh();
        const otherJournal = new Journal([other]);
        otherJournal.checkpoint(L1);
        expect((await pay(7n, other, otherJournal)).rootAfter).to.not.equal(rootAfter);
        otherJournal.unwind(0);
        expect(machine.stateRoot()).to.equal(genesis);
        back();
        expect(machine.stateRoot()).to.equal(rootAfter);
        const second = await pay(6n);
        expect(second.rootBefore).to.equal(rootAfter);
        machine.park()();
        expect(machine.stateRoot()).to.equal(second.rootAfter);
        journal.unwind(0);
        expect(machine.stateRoot()).to.equal(genesis);
      });

      it("may be left for good: what was parked is gone, and the state can be made durable", async () => {
        await pay(5n);
        machine.park();
        const genesis = machine.stateRoot();
        const own = new Journal([machine]);
        own.checkpoint(L1);
        const visit = await pay(8n, machine, own);
        own.commit();
        machine.include(visit, {
          transaction: numberToHex(1n, { size: 32 }),
          blockNumber: 1n,
          blockHash: numberToHex(2n, { size: 32 }),
        });
        await machine.persist();
        expect(machine.stateRoot()).to.equal(visit.rootAfter);
        await machine.rewind(genesis);
        expect(machine.stateRoot()).to.equal(genesis);
      });
    });
  }
});
