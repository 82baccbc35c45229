import { type Block, createBlock } from "@ethereumjs/block";
import type { Common } from "@ethereumjs/common";
import type { EVMMockBlockchainInterface } from "@ethereumjs/evm";
import { withBlobBaseFee } from "../../../evm/overrides.ts";
import { rulesOf } from "../../../evm/rules.ts";
import type { ChainId } from "../../../protocol/ids.ts";
import type { BatchContext } from "../../kind.ts";
import { TimeGoesBackError } from "../errors.ts";
import type { BlockState } from "../state-types.ts";
import { evmChainIdOf } from "../../../protocol/evm-chain-id.ts";

/** Gas of an operation that a call from another chain begins, and of a block. */
export const OPERATION_GAS = 30_000_000n;

/** Rules of an EVM rollup: those of L1, under a chain id of its own. */
export function rollupCommon(rollup: ChainId, { l1ChainId }: Pick<BatchContext, "l1ChainId">): Common {
  return rulesOf(Number(evmChainIdOf(l1ChainId, rollup)));
}

/**
 * The block in which a visit of a batch with this timestamp happens (docs/spec.md section 7). L1 does not see
 * to it that time goes on: this is the only place where it is said.
 * @throws {TimeGoesBackError}
 */
export function blockOf(latest: BlockState, timestamp: bigint): BlockState {
  if (timestamp < latest.timestamp) throw new TimeGoesBackError(timestamp, latest.timestamp);
  return { number: timestamp > latest.timestamp ? latest.number + 1n : latest.number, timestamp };
}

/** The block as the EVM sees it. */
export function rollupBlock({ number, timestamp }: BlockState, common: Common): Block {
  const header = { number, timestamp, baseFeePerGas: 0n, gasLimit: OPERATION_GAS };
  return withBlobBaseFee(
    createBlock({ header }, { common, skipConsensusFormatValidation: true, freeze: false }),
    0n,
  );
}

/** A rollup knows no hashes of earlier blocks. */
export const NO_BLOCKCHAIN: EVMMockBlockchainInterface = {
  getBlock: async () => ({ hash: () => new Uint8Array(32) }),
  putBlock: async () => {
    throw new Error("a rollup's blocks are made on L1");
  },
  shallowCopy: () => NO_BLOCKCHAIN,
};
