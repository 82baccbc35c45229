import type { Hex } from "viem";

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
