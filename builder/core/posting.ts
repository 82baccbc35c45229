import type { Address, LocalAccount } from "viem";
import { batchCalldata } from "../batch/encode.ts";
import { promisedGas } from "../batch/limits.ts";
import type { Timings } from "../intake/accepted.ts";
import type { L1Client } from "../l1/client.ts";
import { readProofSystem } from "../l1/registration.ts";
import type { BundleReceipts } from "../post/bundle.ts";
import { chooseDryRun } from "../post/dry-run/choose.ts";
import { compareOutcomes } from "../post/dry-run/compare-outcomes.ts";
import type { DryRun, ResultCheck } from "../post/dry-run/dry-run.ts";
import { includeInOneBlock } from "../post/include.ts";
import type { InclusionStore } from "../post/inclusion-store.ts";
import { checkFollower, type RunStep } from "../post/self-check.ts";
import { settle } from "../post/settle.ts";
import { assertFits, limitOf } from "../post/sign-batch.ts";
import type { Turns } from "../post/turn.ts";
import type { Chains } from "./chains.ts";
import type { Draft } from "./draft.ts";
import type { BuilderListener } from "./events.ts";
import type { Proofs } from "./proofs.ts";
import { Priority } from "./room.ts";

export interface PostingOptions {
  readonly l1: L1Client;
  readonly l1ChainId: bigint;
  readonly manager: Address;
  readonly chains: Chains;
  readonly proofs: Proofs;
  readonly inclusions: InclusionStore;
  readonly turns: Turns;
  readonly account: LocalAccount;
  readonly emit: BuilderListener;
}

/** What became of the transactions of a batch: those without a status go on waiting. */
export type Settled = ReturnType<typeof settle>;

const FEW = 16;

/** Takes a proven batch to L1, one at a time. */
export class Posting {
  readonly #options: PostingOptions;
  #dryRun: DryRun | undefined;

  constructor(options: PostingOptions) {
    this.#options = options;
  }

  /**
   * Finds out before a batch is proven whether L1 could take it.
   * @throws {BatchTooLargeError}, or what reading L1 throws.
   */
  async assertFits({ plan, moment }: Draft): Promise<void> {
    const { l1, manager, account, proofs } = this.#options;
    this.#dryRun ??= await chooseDryRun(l1);
    const rollups = [...new Set(plan.visits.map(({ rollup }) => rollup))];
    const systems = await Promise.all(
      rollups.map(async (rollup) => {
        return await readProofSystem(l1, manager, rollup);
      }),
    );
    const batch = batchCalldata(plan, proofs.placeholdersFor(plan.visits));
    const proposed = { account, manager, batch, next: moment.head.next };
    await assertFits(proposed, this.#dryRun, systems, proofs.maxGasOf(plan.visits));
  }

  /**
   * How many transactions of L1 a batch may have behind it, for the node to show them in time; few, as long
   * as it is not known what the node can do.
   */
  get mostOfL1(): number {
    return this.#dryRun?.most ?? FEW;
  }

  /** Whether L1 can take a batch by what such batches took: one that cannot be shown to the node yet. */
  mayFit({ load, moment }: Draft): boolean {
    return load.gas + load.promisedGas <= limitOf(moment.head.next);
  }

  /**
   * @param begin is called before anything is sent: from then on L1 may hold what is not noted.
   * @returns nothing if a block of others came first.
   * @throws what keeps the batch from L1.
   */
  async post(draft: Draft, timings: Timings, begin: () => void): Promise<Settled | undefined> {
    const { l1, l1ChainId, manager, account, proofs, chains, inclusions, turns, emit } = this.#options;
    const { plan, served, moment } = draft;
    const start = performance.now();
    const transactions = served.map(({ transaction }) => transaction);
    const inclusion = {
      account,
      chainId: l1ChainId,
      manager,
      batch: plan.executions.length === 0 ? undefined : batchCalldata(plan, proofs.of(plan.visits)),
      promised: promisedGas(plan.executions),
      transactions: transactions.filter(({ rollup }) => rollup === undefined).map(({ data }) => data),
      next: moment.head.next,
    };
    this.#dryRun ??= await chooseDryRun(l1);
    let check = timings.check ?? 0;
    const judge: ResultCheck = async (shown) => {
      await compareOutcomes(plan, served)(shown);
      const run: RunStep = (rehearsal, step) =>
        chains.room.run(Priority.Produce, async () => {
          chains.room.go(rehearsal);
          const begun = performance.now();
          try {
            return await step();
          } finally {
            check += performance.now() - begun;
          }
        });
      await checkFollower({ ...inclusion, l1ChainId, machines: moment.machines }, run)(shown);
    };
    const trial = { dryRun: this.#dryRun, judge };
    const thaw = await chains.freeze();
    let included: BundleReceipts;
    try {
      if (chains.epoch !== moment.epoch) return undefined;
      begin();
      included = await includeInOneBlock(l1, inclusion, inclusions, turns, trial);
      chains.witness(included);
    } finally {
      thaw();
    }
    const milliseconds = performance.now() - start;
    const settled = settle(plan, included, served, { ...timings, post: milliseconds, check });
    emit({
      type: "posted",
      ...(included.batch === undefined
        ? {}
        : { batch: included.batch.transactionHash, batchGas: included.batch.gasUsed }),
      transactions: transactions.map(({ hash }) => hash),
      blockNumber: moment.head.next.number,
      milliseconds,
      checkMilliseconds: check,
    });
    return settled;
  }
}
