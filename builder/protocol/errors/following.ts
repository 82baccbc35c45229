import type { ErrorDescriptors } from "./descriptor.ts";

/** Following rollups from L1. */
export const FOLLOWING_ERRORS = {
  ROLLUP_STOPPED: {
    title: "a rollup stands still",
    meaning:
      "L1 has a step of this rollup that cannot be read, or does not lead where L1 says. " +
      "The rollup stands still; the others go on.",
    remedy:
      "The message, `lockstep_status` and the log's event `stopped` name block, batch, execution and reason. " +
      "A fault of the rollup's proof system or of the builder: start one without the rollup, " +
      "or wait for L1 to reorganise.",
  },
  STATE_DIVERGED: {
    title: "the rollup does something else than L1 says",
    meaning:
      "Replaying L1's executions leads to other actions or another root (a cause of `ROLLUP_STOPPED`).",
    remedy: "See `ROLLUP_STOPPED`.",
  },
  BATCH_CONTENT_MISSING: {
    title: "a batch's content cannot be had",
    meaning:
      "The L1 node has neither the transaction nor the event with the batch (a cause of `ROLLUP_STOPPED`).",
    remedy: "Use a node with the whole history. It is tried again at each new block.",
  },
  BATCH_UNREADABLE: {
    title: "a batch cannot be decoded",
    meaning: "What L1 has of a batch is no canonical calldata of `postBatch` (a cause of `ROLLUP_STOPPED`).",
    remedy: "See `ROLLUP_STOPPED`.",
  },
  UNKNOWN_ACTION_KIND: {
    title: "an action of an unknown kind",
    meaning: "A batch has an action whose kind this version does not know.",
    remedy: "Run the version of Lockstep that the contracts are of.",
  },
  UNKNOWN_MARK_KIND: {
    title: "a mark of an unknown kind",
    meaning: "A batch has a mark whose kind this version does not know.",
    remedy: "Run the version of Lockstep that the contracts are of.",
  },
  INVALID_EXECUTION: {
    title: "an execution breaks the grammar",
    meaning: "The actions of an execution do not follow each other as docs/spec.md says.",
    remedy: "In a batch on L1: see `ROLLUP_STOPPED`. In a batch of one's own: a fault of its maker.",
  },
  INVALID_ACTION: {
    title: "an action is not canonical",
    meaning: "A field of an action is not what docs/spec.md says for its kind.",
    remedy: "See `INVALID_EXECUTION`.",
  },
} as const satisfies ErrorDescriptors;
