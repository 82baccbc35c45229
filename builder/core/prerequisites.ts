import { type Address, hexToBool, type LocalAccount, size } from "viem";
import { MAX_TRANSACTION_GAS } from "../batch/limits.ts";
import type { PlannedVisit } from "../batch/plan.ts";
import type { Prerequisite, RollupKind } from "../kinds/kind.ts";
import type { L1Client } from "../l1/client.ts";
import { readProofSystem } from "../l1/registration.ts";
import { contractErrorIn, revertData } from "../post/contract-error.ts";
import { PRIORITY_FEE } from "../post/sign-batch.ts";
import { LockstepError } from "../protocol/errors.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { BuilderListener } from "./events.ts";

export interface PrerequisitesOptions {
  readonly l1: L1Client;
  readonly manager: Address;
  /** Pays for what proof systems are told. */
  readonly account: LocalAccount;
  readonly kindOf: (rollup: ChainId) => RollupKind;
  readonly emit: BuilderListener;
}

/** A proof system did not take what it has to be told. */
export class PrerequisiteRefusedError extends LockstepError {
  constructor(what: string, why: string, options?: { cause?: unknown }) {
    super("PREREQUISITE_REFUSED", `the proof system on L1 does not take ${what}: ${why}`, options);
  }
}

/** How often a receipt is looked for, and how long, milliseconds. */
const POLL = 50;
const PATIENCE = 60_000;

/**
 * Tells proof systems on L1 what they need to know before they can verify a batch's proofs. What an account
 * told before, or tells at the same time, is not told again: each of these calls does nothing the second
 * time.
 */
export class Prerequisites {
  readonly #options: PrerequisitesOptions;
  /** What is known to be met, by proof system. A reorganisation may undo it: then verifying names it. */
  readonly #met = new Set<string>();

  constructor(options: PrerequisitesOptions) {
    this.#options = options;
  }

  /**
   * @returns whether something was sent, so that L1 has another head now.
   * @throws `PREREQUISITE_REFUSED`, or what reading L1 and sending to it throws.
   */
  async meet(visits: readonly PlannedVisit[], signal: AbortSignal): Promise<boolean> {
    const { l1, manager } = this.#options;
    let isSent = false;
    for (const { rollup, statement, completed } of visits) {
      const kind = this.#options.kindOf(rollup);
      const wanted = (await kind.prerequisites?.(statement, completed)) ?? [];
      for (const prerequisite of wanted) {
        signal.throwIfAborted();
        const proofSystem = await readProofSystem(l1, manager, rollup);
        const name = `${proofSystem} ${prerequisite.what}`;
        if (this.#met.has(name)) continue;
        if (!(await this.#isMet(proofSystem, prerequisite))) {
          await this.#tell(rollup, proofSystem, prerequisite);
          isSent = true;
        }
        this.#met.add(name);
      }
    }
    return isSent;
  }

  /** L1 has another history: what was told may be gone. */
  forget(): void {
    this.#met.clear();
  }

  async #isMet(proofSystem: Address, { isMet }: Prerequisite): Promise<boolean> {
    const { data } = await this.#options.l1.call({ to: proofSystem, data: isMet });
    return data !== undefined && size(data) === 32 && hexToBool(data, { size: 32 });
  }

  async #tell(rollup: ChainId, proofSystem: Address, prerequisite: Prerequisite): Promise<void> {
    const { l1, account, emit } = this.#options;
    const { what } = prerequisite;
    const data = await prerequisite.tell();
    const { address } = account;
    const [chainId, nonce, block, gas] = await Promise.all([
      l1.getChainId(),
      l1.getTransactionCount({ address, blockTag: "pending" }),
      l1.getBlock(),
      l1.estimateGas({ account, to: proofSystem, data }).catch((error: unknown) => {
        const data = revertData(error);
        if (data === undefined) throw error;
        const why = contractErrorIn(data) ?? `it reverts with ${data}`;
        throw new PrerequisiteRefusedError(what, why, { cause: error });
      }),
    ]);
    const limit = (gas * 11n) / 10n;
    const transaction = await l1.sendRawTransaction({
      serializedTransaction: await account.signTransaction({
        type: "eip1559",
        chainId,
        nonce,
        to: proofSystem,
        data,
        gas: limit < MAX_TRANSACTION_GAS ? limit : MAX_TRANSACTION_GAS,
        maxFeePerGas: (block.baseFeePerGas ?? 0n) * 2n + PRIORITY_FEE,
        maxPriorityFeePerGas: PRIORITY_FEE,
      }),
    });
    const receipt = await l1.waitForTransactionReceipt({
      hash: transaction,
      pollingInterval: POLL,
      timeout: PATIENCE,
    });
    if (receipt.status !== "success")
      throw new PrerequisiteRefusedError(what, `transaction ${transaction} reverted`);
    emit({ type: "prerequisiteMet", rollup, what, transaction, gas: receipt.gasUsed });
  }
}
