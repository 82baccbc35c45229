import { type Hex, numberToHex } from "viem";
import type { Activity, ActivityTransaction, ProverShown } from "lockstep-client/rpc-types";
import { decodeTransaction } from "../../intake/decode.ts";
import { lowerCase } from "../../protocol/address.ts";
import { LockstepError } from "../../protocol/errors.ts";
import { evmChainIdOf } from "../../protocol/evm-chain-id.ts";
import type { Backend } from "../backend.ts";
import type { BuilderMemory, Remembered } from "./memory.ts";

/** `lockstep_getActivity`: what the builder did lately, and what it is doing. */
export function getActivity(builder: Backend, memory: BuilderMemory, limit: number): Activity {
  const last = memory.lastSettlement;
  const { trouble } = builder;
  return {
    transactions: memory.transactions(limit).map((one) => shown(builder, one)),
    failures: memory.failures(limit),
    provers: builder.provers.map(({ name, running, proofs, latest, faults }): ProverShown => ({
      name,
      working: running,
      proofs,
      milliseconds: latest ?? null,
      faults,
    })),
    lastSettlement: last === undefined ? null : { ...last, blockNumber: numberToHex(last.blockNumber) },
    waiting: builder.waiting,
    trouble: trouble ?? null,
  };
}

function shown(builder: Backend, one: Remembered): ActivityTransaction {
  const { hash, rollup, at, acceptedAt, rollups, blockNumber } = one;
  const { state, reason } = stateOf(builder, one);
  return {
    hash,
    chain: numberToHex(rollup ?? 0n),
    state,
    ...(reason === undefined ? {} : { reason }),
    at,
    acceptedAt,
    rollups: rollups.map((id) => numberToHex(id)),
    blockNumber: blockNumber === undefined ? null : numberToHex(blockNumber),
    ...partiesOf(builder, one),
  };
}

/** The queue knows best; it may have forgotten the transaction before the memory did. */
export function stateOf(
  builder: Pick<Backend, "status">,
  { hash, state, reason }: Remembered,
): Pick<ActivityTransaction, "state" | "reason"> {
  const status = builder.status(hash);
  if (status === undefined) return { state, ...(reason === undefined ? {} : { reason }) };
  return { state: status.state, ...("reason" in status ? { reason: status.reason } : {}) };
}

/** Who signed it and whom it calls, if it is in the form of Ethereum's transactions. */
function partiesOf(
  { l1ChainId }: Pick<Backend, "l1ChainId">,
  { raw, rollup }: Remembered,
): { readonly from: Hex | null; readonly to: Hex | null } {
  if (raw === undefined) return { from: null, to: null };
  try {
    const { sender, tx } = decodeTransaction(
      raw,
      rollup === undefined ? l1ChainId : evmChainIdOf(l1ChainId, rollup),
    );
    const to = tx.to?.toString();
    return { from: lowerCase(sender), to: to === undefined ? null : `0x${to.slice(2).toLowerCase()}` };
  } catch (error) {
    if (error instanceof LockstepError) return { from: null, to: null };
    throw error;
  }
}
