import { expect } from "chai";
import { numberToHex } from "viem";
import { Journal } from "../../../builder/evm/journal.ts";
import { createEvmKind } from "../../../builder/kinds/evm/index.ts";
import { createProvenEvmKind } from "../../../builder/kinds/evm/proven.ts";
import { expectCode } from "../../protocol/expect-code.ts";
import { call, L1_CHAIN_ID, SELF } from "./reference/rollup.ts";

const TARGET = numberToHex(0x70n, { size: 20 });
const MANAGER = numberToHex(9n, { size: 20 });

describe("rollups of the EVM kinds on a chain that is not local", () => {
  for (const [kind, code] of [
    [createEvmKind(), "UNPROVEN_KIND"],
    [createEvmKind({ name: "evm-with-more" }), "UNPROVEN_KIND"],
    // Its proofs are, but its keys' secrets are public.
    [createProvenEvmKind(), "DEVELOPMENT_KEY"],
  ] as const)
    it(`${kind.name}: begin no visit, ${code}`, async () => {
      const machine = await kind.open({ id: SELF });
      const context = { manager: MANAGER, timestamp: 1_000n };
      const deliver = (l1ChainId: bigint) =>
        machine.deliver(call(TARGET), { ...context, l1ChainId }, new Journal());
      await expectCode(deliver(5n), code, new RegExp(`${kind.name} .*EVM chain 5`));
      expect(machine.suspended).to.equal(false);
      expect((await deliver(L1_CHAIN_ID)).visit).to.not.equal(undefined);
      await machine.close();
    });

  it("proven-evm: may begin visits with the powers of tau of a ceremony", async () => {
    const machine = await createProvenEvmKind({ codePowers: "codes.tau" }).open({ id: SELF });
    const context = { manager: MANAGER, timestamp: 1_000n, l1ChainId: 5n };
    expect((await machine.deliver(call(TARGET), context, new Journal())).visit).to.not.equal(undefined);
    await machine.close();
  });
});
