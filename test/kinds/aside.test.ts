import { expect } from "chai";
import { type Hex, numberToHex } from "viem";
import { Journal } from "../../builder/evm/journal.ts";
import { evmKind } from "../../builder/kinds/evm/index.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import type { CompletedVisit, RollupKind, RollupMachine } from "../../builder/kinds/kind.ts";
import { callAction } from "../../builder/protocol/action.ts";
import { chainId, L1 } from "../../builder/protocol/ids.ts";
import { codeOf } from "../../builder/protocol/errors.ts";

const ID = chainId(1n);
const CONTEXT = { l1ChainId: 31337n, manager: numberToHex(9n, { size: 20 }), timestamp: 1_000n } as const;
const SENDER = numberToHex(0xabcn, { size: 20 });
const PLACE = {
  transaction: numberToHex(1n, { size: 32 }),
  blockNumber: 1n,
  blockHash: numberToHex(2n, { size: 32 }),
};

describe("a machine aside", () => {
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

      async function pay(value: bigint, on = machine, by = journal): Promise<CompletedVisit> {
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

      it("plays on the durable state or on what is journalled, and is not noticed", async () => {
        const genesis = machine.stateRoot();
        const first = await pay(5n);
        const atHead = machine.aside("head");
        const here = machine.aside("here");
        const [one, two] = [new Journal([atHead]), new Journal([here])];
        expect(atHead.stateRoot()).to.equal(genesis);
        expect(here.stateRoot()).to.equal(first.rootAfter);
        // Each in turn, with levels open.
        one.checkpoint(L1);
        two.checkpoint(L1);
        const other = await pay(7n, atHead, one);
        const next = await pay(6n, here, two);
        const second = await pay(6n);
        expect(other.rootBefore).to.equal(genesis);
        expect(other.rootAfter).to.not.equal(first.rootAfter);
        expect(next.rootAfter).to.equal(second.rootAfter);
        expect(machine.stateRoot()).to.equal(second.rootAfter);
        const third = await pay(7n, here, two);
        one.unwind(0);
        expect(atHead.stateRoot()).to.equal(genesis);
        expect(here.stateRoot()).to.equal(third.rootAfter);
        two.unwind(0);
        expect(here.stateRoot()).to.equal(first.rootAfter);
        journal.unwind(0);
        expect(machine.stateRoot()).to.equal(genesis);
      });

      it("says so when its state has been left for good, and another begins at the new one", async () => {
        const aside = machine.aside("head");
        const other = new Journal([aside]);
        other.checkpoint(L1);
        machine.include(await pay(5n), PLACE);
        journal.commit();
        await machine.persist();
        const code = await pay(6n, aside, other)
          .then(
            (visit) => visit.rootAfter,
            (error: unknown) => codeOf(error),
          )
          .catch((error: unknown) => codeOf(error));
        expect(code).to.equal("FORGOTTEN_MOMENT");
        expect(machine.aside("head").stateRoot()).to.equal(machine.stateRoot());
      });

      it("makes nothing durable", async () => {
        const aside = machine.aside("head");
        for (const step of [() => aside.persist(), () => aside.rewind(machine.stateRoot())])
          expect(await step().catch((error: unknown) => error)).to.be.instanceOf(Error);
        await aside.close();
        await pay(5n);
      });
    });
  }
});
