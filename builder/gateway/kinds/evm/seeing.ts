import { zeroAddress } from "viem";
import { MAX_TRANSACTION_GAS } from "../../../batch/limits.ts";
import { visitHash } from "../../../kinds/evm/chronicle/seal.ts";
import { EvmMachine } from "../../../kinds/evm/machine.ts";
import { SYSTEM } from "../../../kinds/evm/system.ts";
import { TransactionRevertedError } from "../../../simulate/outcome.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import type { Backend } from "../../backend.ts";
import type { KindSeeing } from "../../seeing/kind-seeing.ts";
import { type EvmRollupView, evmRollupView } from "./view.ts";

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
      // As `eth_call` asks on the rollup: nothing of it has to be proven, as a call from L1 would.
      const { success, output } = await view(builder, rollup).call(
        { from: zeroAddress, to: SYSTEM, value: 0n, data, gas: MAX_TRANSACTION_GAS, gasPrice: 0n },
        "latest",
      );
      if (!success) throw new TransactionRevertedError(output);
      return output;
    },
    codeOf: async (address) =>
      await view(builder, rollup).read(({ store }) => store.account(address)?.code ?? "0x"),
  }),
};

/** What wallets know the rollup by matters to no method here. */
function view(builder: Backend, rollup: ChainId): EvmRollupView {
  return evmRollupView(builder, rollup, 0n);
}
