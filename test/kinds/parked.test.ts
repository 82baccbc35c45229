import { expect } from "chai";
import { Journal } from "../../builder/evm/journal.ts";
import type { RollupMachine } from "../../builder/kinds/kind.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { ID, pay, PAYEES, PLACE } from "./payment.ts";

/** A machine leaves what is journalled and takes it up again. */
describe("a machine that is parked", () => {
  for (const [kind, target] of PAYEES) {
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

      const paid = (value: bigint, on = machine, by = journal) => pay(on, by, target, value);

      it("is at its durable state meanwhile, and then where it was, and goes on", async () => {
        const genesis = machine.stateRoot();
        const first = await paid(5n);
        const back = machine.park();
        expect(machine.stateRoot()).to.equal(genesis);
        // Roots are asked for late: of what is parked as well.
        const { rootBefore, rootAfter } = first;
        expect(rootBefore).to.equal(genesis);
        // Another branch, which comes and goes.
        const other = machine.fresh();
        const otherJournal = new Journal([other]);
        otherJournal.checkpoint(L1);
        expect((await paid(7n, other, otherJournal)).rootAfter).to.not.equal(rootAfter);
        otherJournal.unwind(0);
        expect(machine.stateRoot()).to.equal(genesis);
        back();
        expect(machine.stateRoot()).to.equal(rootAfter);
        const second = await paid(6n);
        expect(second.rootBefore).to.equal(rootAfter);
        machine.park()();
        expect(machine.stateRoot()).to.equal(second.rootAfter);
        journal.unwind(0);
        expect(machine.stateRoot()).to.equal(genesis);
      });

      it("may be left for good: what was parked is gone, and the state can be made durable", async () => {
        await paid(5n);
        machine.park();
        const genesis = machine.stateRoot();
        const own = new Journal([machine]);
        own.checkpoint(L1);
        const visit = await paid(8n, machine, own);
        own.commit();
        machine.include(visit, PLACE);
        await machine.persist();
        expect(machine.stateRoot()).to.equal(visit.rootAfter);
        await machine.rewind(genesis);
        expect(machine.stateRoot()).to.equal(genesis);
      });
    });
  }
});
