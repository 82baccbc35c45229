import { expect } from "chai";
import { Journal } from "../../builder/evm/journal.ts";
import type { RollupMachine } from "../../builder/kinds/kind.ts";
import { codeOf } from "../../builder/protocol/errors.ts";
import { L1 } from "../../builder/protocol/ids.ts";
import { ID, pay, PAYEES, PLACE } from "./payment.ts";

describe("a machine aside", () => {
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

      it("plays on the durable state or on what is journalled, and is not noticed", async () => {
        const genesis = machine.stateRoot();
        const first = await paid(5n);
        const atHead = machine.aside("head");
        const here = machine.aside("here");
        const [one, two] = [new Journal([atHead]), new Journal([here])];
        expect(atHead.stateRoot()).to.equal(genesis);
        expect(here.stateRoot()).to.equal(first.rootAfter);
        // Each in turn, with levels open.
        one.checkpoint(L1);
        two.checkpoint(L1);
        const other = await paid(7n, atHead, one);
        const next = await paid(6n, here, two);
        const second = await paid(6n);
        expect(other.rootBefore).to.equal(genesis);
        expect(other.rootAfter).to.not.equal(first.rootAfter);
        expect(next.rootAfter).to.equal(second.rootAfter);
        expect(machine.stateRoot()).to.equal(second.rootAfter);
        const third = await paid(7n, here, two);
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
        machine.include(await paid(5n), PLACE);
        journal.commit();
        await machine.persist();
        const code = await paid(6n, aside, other)
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
        await paid(5n);
      });
    });
  }
});
