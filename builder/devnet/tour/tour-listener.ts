import type { Hex } from "viem";
import type { NamedContract } from "../names.ts";

/** Who follows the tour. */
export interface TourListener {
  /** What happens next, in a line. */
  describe(line: string): void;
  /** A contract or an account has a name from now on. */
  named(contract: NamedContract): void;
  /** A transaction that crossed chains is on L1. */
  transaction(hash: Hex): Promise<void>;
}
