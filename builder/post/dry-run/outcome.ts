import type { Hex } from "viem";
import type { CallFrame } from "../../evm/call-frame.ts";
import type { ExecutionLog } from "../execution-fate.ts";

/** What a transaction does: by the simulation, or by the node. */
export interface SeenOutcome {
  readonly success: boolean;
  /** Return data, or revert data when it failed. */
  readonly data: Hex;
  /** What went wrong, in the EVM's words. */
  readonly failure?: string;
  /** The contract that it deploys, if that is what it does; its data is then code, and no return data. */
  readonly created?: Hex;
  /** All frames, from the outermost; absent where they were not recorded. */
  readonly trace?: CallFrame<string> | undefined;
}

/** What a node puts into the receipt of a transaction. */
export interface NodeReceipt {
  readonly success: boolean;
  readonly gasUsed: bigint;
  readonly logs: readonly ExecutionLog[];
}
