import type { ErrorDescriptors } from "./descriptor.ts";

/** Circuits, keys and ceremonies. */
export const KEY_ERRORS = {
  DEVELOPMENT_KEY: {
    title: "an insecure key on a public chain",
    meaning: "Everybody knows the secrets of development keys and can forge proofs for them.",
    remedy: "Bring the keys of a ceremony ([keys.md](keys.md)), or use a local chain.",
  },
  KEY_CORRUPT: {
    title: "a key file is damaged",
    meaning: "A key or constraint file is not what its format says.",
    remedy: "Remove it if it is among the cached artefacts; it is made again. Fetch a ceremony's key again.",
  },
  KEY_FAULTS: {
    title: "a key does not pass the checks",
    meaning:
      "The key does not follow from its circuit, powers of tau and transcript. The message names the faults. `not-split`: it has points over δ of wires that proofs commit to, or its `.ckey` is missing.",
    remedy: "Neither contribute to it nor use it. Ask its sender.",
  },
  WRONG_KEY: {
    title: "a proving key of another circuit",
    meaning: "The proving key does not belong to the circuit's verification key or constraints.",
    remedy: "Use the files of one export together: they belong to one version of the circuit.",
  },
  POWERS_OF_TAU: {
    title: "a .ptau file cannot be used",
    meaning:
      "It is damaged, too small, not prepared, of another curve, of no known ceremony, or a rehearsal's.",
    remedy:
      "Take one of a known ceremony. `--unknown-ptau` and `--rehearsal` allow others ([keys.md](keys.md)).",
  },
  TRANSCRIPT: {
    title: "not a transcript of this version",
    meaning: "The file is no transcript, of an earlier version, or names other powers of tau than its hash.",
    remedy: "Export the key again with `npm run keys -- ceremony export`.",
  },
  CEREMONY_STEP: {
    title: "a step of a ceremony is impossible",
    meaning: "A ceremony was asked for a step that its state or the options do not allow.",
    remedy: "The message names the reason.",
  },
  CEREMONY_KEY_MISSING: {
    title: "the key folder is incomplete",
    meaning: "The folder given with `--keys` has no key for a circuit that is needed.",
    remedy: "Export the key into it, or leave `--keys` out.",
  },
  FILE_EXISTS: {
    title: "the output exists",
    meaning: "A command about keys writes over no file.",
    remedy: "Choose another name, or move the file away.",
  },
  UNKNOWN_CIRCUIT: {
    title: "no such circuit",
    meaning: "`circuits/circuits.json` declares no instance of this name.",
    remedy: "The message lists the names.",
  },
  CIRCUIT_DECLARATION: {
    title: "a circuit's declaration is wrong",
    meaning: "`circuits/circuits.json`, or a file that it names, is missing or malformed.",
    remedy: "Correct what the message names.",
  },
  CIRCUIT_COMPILATION: {
    title: "circom refuses a circuit",
    meaning: "The circuit does not compile. The message has circom's output.",
    remedy: "Correct the circuit.",
  },
  MISSING_VERIFICATION_KEY: {
    title: "no verification key for a circuit",
    meaning: "A visit needs a circuit for which the builder was given no verification key of this rollup.",
    remedy: "Register the rollup with the keys of all its circuits. Otherwise a fault: report it.",
  },
} as const satisfies ErrorDescriptors;
