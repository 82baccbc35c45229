import { visitHash } from "../../../kinds/evm/chronicle/seal.ts";
import { EvmMachine } from "../../../kinds/evm/machine.ts";
import type { KindSeeing } from "../../seeing/kind-seeing.ts";

/** An EVM rollup's chronicle, which follows from L1, has each visit that took effect. */
export const evmSeeing: KindSeeing = {
  l1TransactionOf: async (builder, rollup, hash) =>
    await builder.readRollup(rollup, async (machine) => {
      if (!(machine instanceof EvmMachine)) return undefined;
      return (await machine.chronicle.transaction(hash))?.l1.transaction;
    }),
  visitHash,
};
