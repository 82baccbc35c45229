import { KeyCorruptError } from "../errors.ts";
import { readSharedFile, share } from "../shared-bytes.ts";
import type { KeyFault } from "./errors.ts";
import type { InitialParts } from "./initial-key.ts";
import { readKeyParts } from "./key-parts.ts";
import { type StepReport, withSnarkjs } from "./snarkjs.ts";
import {
  commitmentPath,
  parseCommitmentParts,
  readCommitmentParts,
  splitFault,
  splitInitialKey,
} from "./split.ts";

/** What an initial key is read or computed from. */
interface InitialKeySources {
  readonly r1cs: string;
  readonly ptau: string;
  readonly committed?: number | undefined;
  /** Path of the key in question, for messages. */
  readonly key: string;
  /** Path of an initial key, from whomever. */
  readonly initial?: string | undefined;
  readonly report?: StepReport;
}

/** The initial key, and what it means when that turns out to be wrong. */
export async function readInitialKey(
  { r1cs, ptau, committed = 0, key: path, initial, report }: InitialKeySources,
  parts: InitialParts,
): Promise<{
  readonly initial: InitialParts | KeyCorruptError;
  readonly blame: (what: string) => KeyFault;
}> {
  if (initial !== undefined) {
    const blame = (what: string): KeyFault => ({
      name: "other-initial-key",
      message: `${initial} is not the circuit's initial key: ${what}`,
    });
    try {
      const key = readKeyParts(await readSharedFile(initial), initial);
      if (committed === 0) return { initial: { key }, blame };
      const commitment = await readCommitmentParts(commitmentPath(initial));
      const fault = splitFault({ key, commitment }, committed);
      if (fault !== undefined) return { initial: new KeyCorruptError(fault), blame };
      return { initial: { key, commitment }, blame };
    } catch (error) {
      if (error instanceof KeyCorruptError) return { initial: error, blame };
      throw error;
    }
  }
  if (parts.key.history.contributions.length === 0)
    return {
      initial: parts,
      blame: (what) => ({
        name: "other-circuit",
        message: `${path} is not the initial key of the circuit and the powers of tau: ${what}`,
      }),
    };
  return {
    initial: initialParts(await computeInitialKey(r1cs, ptau, report), committed),
    // It was made of them just now.
    blame: (what) => ({
      name: "other-powers-of-tau",
      message: `nothing good can be made with ${ptau}: of the initial key, ${what}`,
    }),
  };
}

function initialParts(unsplit: Uint8Array, committed: number): InitialParts {
  const name = "the initial key";
  if (committed === 0) return { key: readKeyParts(unsplit, name) };
  const { zkey, ckey } = splitInitialKey(unsplit, committed);
  return { key: readKeyParts(share(zkey), name), commitment: parseCommitmentParts(share(ckey), name) };
}

/**
 * A circuit's key before contributions, in memory.
 * @throws what snarkjs says.
 */
export async function computeInitialKey(
  r1cs: string,
  ptau: string,
  report: StepReport | undefined,
): Promise<Uint8Array> {
  return withSnarkjs(report, async ({ zKey, logger, errors }) => {
    // snarkjs keeps this file in memory, and puts its content into the object.
    const file: { readonly type: "mem"; data?: unknown } = { type: "mem" };
    const circuitHash: unknown = await zKey.newZKey(r1cs, ptau, file, logger);
    if (!(circuitHash instanceof Uint8Array && file.data instanceof Uint8Array))
      throw new Error(`snarkjs: ${errors.join("; ")}`);
    return share(file.data);
  });
}
