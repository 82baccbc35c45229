import { decodeFunctionResult, encodeFunctionResult, type Hex } from "viem";
import { rootHex } from "../protocol/execution/encoding.ts";
import type { RollupMachine } from "../kinds/kind.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { EtherBalances } from "./ether-balances.ts";
import { SimulationRefusedError } from "./refusal.ts";

export interface RegistryOptions {
  readonly machines: ReadonlyMap<ChainId, RollupMachine>;
  readonly ether: EtherBalances;
}

const ROLLUP_OF = { abi: rollupsAbi, functionName: "rollupOf" } as const;

/**
 * What `Rollups.rollupOf` answers in the middle of a transaction, when roots and balances are no longer those
 * of the head.
 */
export class Registry {
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  /**
   * @param answer what `rollupOf` returns on the head.
   * @returns what it will return on L1 at this point.
   * @throws {SimulationRefusedError} `SUSPENDED_ROLLUP_READ`.
   */
  rollupOf(rollup: ChainId, answer: Hex): Hex {
    const { machines, ether } = this.#options;
    const machine = machines.get(rollup);
    if (machine === undefined) return answer;
    if (machine.suspended) {
      const message = `rollupOf(${rollup}) is read while the rollup waits for the result of its own call`;
      throw new SimulationRefusedError("SUSPENDED_ROLLUP_READ", message);
    }
    const before = decodeFunctionResult({ ...ROLLUP_OF, data: answer });
    return encodeFunctionResult({
      ...ROLLUP_OF,
      result: { ...before, root: rootHex(machine.stateRoot()), etherBalance: ether.balanceOf(rollup) },
    });
  }
}
