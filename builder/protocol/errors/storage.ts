import type { ErrorDescriptors } from "./descriptor.ts";

/** Files and folders of the builder. */
export const STORAGE_ERRORS = {
  STATE_LOCKED: {
    title: "the data folder is in use",
    meaning: "Another process has the folder open.",
    remedy: "Stop it, or give each builder its own `--data` folder.",
  },
  FOREIGN_STATE: {
    title: "the folder is of something else",
    meaning: "The folder has other files, another rollup's state, or one that began otherwise.",
    remedy: "Give another folder, or remove this one: a rollup's state is rebuilt from L1.",
  },
  CORRUPT_STATE: {
    title: "the state on disk is damaged",
    meaning: "What was read does not hash to the root that was stored, or is incomplete.",
    remedy: "Remove the rollup's folder: its state is rebuilt from L1.",
  },
  STATE_UNAVAILABLE: {
    title: "the state cannot be read or written",
    meaning: "The folder cannot be opened, read or written. After a failed write the state refuses to go on.",
    remedy: "Check permissions and the disk's free space; then start the builder again.",
  },
  CORRUPT_PENDING: {
    title: "a waiting transaction's file is damaged",
    meaning: "The file of an accepted transaction cannot be read.",
    remedy: "Remove the file, and send the transaction again.",
  },
  UNSUPPORTED_FORMAT: {
    title: "a file of another version",
    meaning: "Another version of Lockstep wrote a file or folder that is not rebuilt from L1 by itself.",
    remedy: "Do what the message says: remove it, or run the version that wrote it.",
  },
  UNKNOWN_ROOT: {
    title: "no stored state has this root",
    meaning:
      "A rewind to a root that was never stored, or too many states ago. The builder follows from genesis.",
    remedy: "Nothing. If a rollup does not get going again, remove its folder.",
  },
} as const satisfies ErrorDescriptors;
