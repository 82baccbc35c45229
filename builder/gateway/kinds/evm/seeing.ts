import { zeroAddress } from "viem";
import { visitHash } from "../../../kinds/evm/chronicle/seal.ts";
import { EvmMachine } from "../../../kinds/evm/machine.ts";
import { SYSTEM } from "../../../kinds/evm/system.ts";
import { TransactionRevertedError } from "../../../simulate/outcome.ts";
import type { KindSeeing } from "../../seeing/kind-seeing.ts";
import { evmRollupView } from "./view.ts";

/** An EVM rollup's chronicle, which follows from L1, has each visit that took effect. */
export const evmSeeing: KindSeeing = {
  l1TransactionOf: async (builder, rollup, hash) =>
    await builder.readRollup(rollup, async (machine) => {
      if (!(machine instanceof EvmMachine)) return undefined;
      return (await machine.chronicle.transaction(hash))?.l1.transaction;
    }),
  visitHash,
  proxiesOn: (builder, rollup) => ({
    ask: async (data) => {
      const answer = await builder.view({ rollup, sender: zeroAddress, target: SYSTEM, data });
      if (answer.failed) throw new TransactionRevertedError(answer.data);
      return answer.data;
    },
    codeOf: async (address) =>
      await evmRollupView(builder, rollup, 0n).read(({ store }) => store.account(address)?.code ?? "0x"),
  }),
};
