import type { Address, Hex } from "viem";
import { contractErrorIn } from "../contract-error.ts";

/** How much gas a transaction needs to succeed in the block to come, or why it does not with any amount. */
export type GasMeasurement =
  | { readonly gas: bigint }
  | {
      /** Revert data. */
      readonly data: Hex;
      /** Only gas was lacking. */
      readonly isOutOfGas: boolean;
      readonly cause?: unknown;
    };

/** Contract errors that say nothing but that there was too little gas. */
const STARVED = ["InsufficientCallGas", "InsufficientProbeGas", "TransactionOutOfGas"];

/** Whether the contract says that it had too little gas. */
export function isStarved(data: Hex): boolean {
  const name = contractErrorIn(data);
  return name !== undefined && STARVED.some((starved) => name.startsWith(`${starved}(`));
}

/** Overrides with which these contracts accept every call: all of their code is STOP. */
export function acceptAll(contracts: readonly Address[]): Record<Address, { code: Hex }> {
  return Object.fromEntries(contracts.map((address) => [address, { code: "0x00" as const }]));
}
