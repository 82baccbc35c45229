import { z } from "zod";

/** The files of a circuit instance, by what they are. */
export const ARTEFACT_FILES = {
  r1cs: "circuit.r1cs",
  wasm: "circuit.wasm",
  symbols: "circuit.sym",
  zkey: "circuit.zkey",
  verificationKey: "verification_key.json",
} as const;

/** Beside them, where a circuit has committed wires. */
export const COMMITMENT_KEY_FILE = "circuit.ckey";

export type ArtefactFile = keyof typeof ARTEFACT_FILES;

/** What is needed to prove and to verify with one circuit instance. Paths are absolute. */
export interface Artefacts extends Readonly<Record<ArtefactFile, string>> {
  /** Name in `circuits.json`. */
  readonly instance: string;
  readonly folder: string;
  readonly constraints: number;
  readonly wires: number;
  /** Names of the public signals in the order of a proof's public inputs; an array's name stands once. */
  readonly publicSignals: readonly string[];
  /**
   * Path of the commitment key, how many wires it commits to, and the names of the inputs whose values they
   * have, in their order; where the circuit has committed wires.
   */
  readonly commitment?: {
    readonly key: string;
    readonly wires: number;
    readonly inputs: readonly string[];
    /** Path of the powers of tau that codes are committed to with; of a ceremony's key. */
    readonly codePowers?: string;
  };
  /** Where the powers of tau of a ceremony's key come from, as its transcript has it. */
  readonly powersOfTau?: string;
}

export const MANIFEST_FILE = "artefacts.json";

/** Written last into a folder of artefacts: what it holds and the hashes by which damage is found. */
export const manifestSchema = z.strictObject({
  /** Version of the folder's layout. Folders of another one are made again; the first ones did not say. */
  format: z.literal(1).default(1),
  instance: z.string(),
  constraints: z.int().nonnegative(),
  wires: z.int().positive(),
  publicSignals: z.array(z.string()),
  /** Number of committed wires. */
  committed: z.int().positive().exactOptional(),
  /** Version of the set-up that made the key. */
  setup: z.int().default(1),
  sha256: z.strictObject({
    r1cs: z.string(),
    wasm: z.string(),
    symbols: z.string(),
    zkey: z.string(),
    verificationKey: z.string(),
    commitmentKey: z.string().exactOptional(),
  }),
});

export type Manifest = z.infer<typeof manifestSchema>;
