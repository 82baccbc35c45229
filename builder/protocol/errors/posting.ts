import type { ErrorDescriptors } from "./descriptor.ts";

/** From the batch to its block on L1. */
export const POSTING_ERRORS = {
  BATCH_TOO_LARGE: {
    title: "the batch exceeds L1's limits",
    meaning: "It needs more gas than a transaction may have (2^24), too many calls, or too large a table.",
    remedy: "Make fewer calls in one transaction.",
  },
  BATCH_REFUSED: {
    title: "`Rollups` refuses the batch",
    meaning: "`postBatch` would revert. The message names the custom error. Nothing was included.",
    remedy: "See the contract's errors below. Often L1 has changed: send the transaction again.",
  },
  PREREQUISITE_REFUSED: {
    title: "a proof system on L1 did not take what it has to be told",
    meaning:
      "Before a batch, the builder registers the code of contracts whose execution is proven. The proof " +
      "system refused it. What waits is tried again.",
    remedy: "Look at what the message names, and at the balance of the builder's account.",
  },
  HEAD_MOVED: {
    title: "another block came first",
    meaning:
      "L1 made a block before the batch was sent. Nothing was sent; the batch is made again by itself.",
    remedy: "Nothing.",
  },
  TURN_OVER: {
    title: "including a batch took too long",
    meaning:
      "Builders on one node take turns at mining. This one gave its turn up, and tries again by itself.",
    remedy: "Nothing; if it comes often, the L1 node or the builder's machine is overloaded.",
  },
  INTERVAL_MINING: {
    title: "the L1 node makes blocks by a timer",
    meaning:
      "A batch and the transactions that need it stand in one block. anvil's timer could make a block " +
      "between them, and they would revert.",
    remedy: "Start anvil without `--block-time`, with `--order fifo`. It then makes blocks on demand.",
  },
  NO_DRY_RUN: {
    title: "the L1 node shows no block before it counts",
    meaning: "The L1 node has neither `eth_simulateV1` nor snapshots.",
    remedy: "Use Hardhat's node or anvil.",
  },
  DRY_RUN_MISMATCH: {
    title: "L1's node disagrees with the simulation",
    meaning:
      "L1's node makes something else of a transaction than the simulation. It was not included; the batch's others go on.",
    remedy:
      "A transaction may depend on the gas left, PREVRANDAO or the like. " +
      "Otherwise a fault: report it with both traces from the log's event `mismatch`.",
  },
  SELF_CHECK_FAILED: {
    title: "the builder would post what does not hold",
    meaning:
      "A check of the batch, as a follower or verifier makes it, failed. It was not included; the others go on.",
    remedy: "A fault of the builder: report it with the log's event `selfCheckFailed`, which has the visit.",
  },
  BATCH_NOT_SHOWN: {
    title: "the batch's event is missing",
    meaning: "In the dry run, the L1 node shows no event of the batch (a cause of `SELF_CHECK_FAILED`).",
    remedy: "See `SELF_CHECK_FAILED`.",
  },
  FOLLOWED_ROOT_DIFFERS: {
    title: "a follower would reach another root",
    meaning:
      "What would be posted does not lead to the root that L1 would store (a cause of `SELF_CHECK_FAILED`).",
    remedy: "See `SELF_CHECK_FAILED`.",
  },
  NOT_INCLUDED: {
    title: "L1 did not include the transaction",
    meaning: "The transaction is not in the block of its batch.",
    remedy: "The status has the reason. Send it again.",
  },
  REVERTED_ON_L1: {
    title: "the transaction reverted on L1",
    meaning: "L1 did something else than the simulation, and the transaction reverted or had no effect.",
    remedy: "Decode the revert data, and send it again.",
  },
  CORRUPT_INCLUSION: {
    title: "`inclusion.json` is damaged",
    meaning: "The file with what a killed builder was including cannot be read.",
    remedy:
      "Make sure that the L1 node mines and holds none of the builder's transactions; then remove the file.",
  },
  STOPPED: {
    title: "the builder was stopped",
    meaning: "The builder stops. Transactions that wait are kept, if it has a folder.",
    remedy: "Start it again.",
  },
} as const satisfies ErrorDescriptors;
