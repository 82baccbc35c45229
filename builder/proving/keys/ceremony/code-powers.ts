import { POINT_BYTES } from "../curve-memory.ts";
import { FACTOR_BITS, randomScalars } from "../random-scalars.ts";
import { areSame } from "./key-parts.ts";
import { type KeyTools, withKeyTools } from "./key-tools.ts";

/**
 * [τ]₂, then [τ^0]₁, [τ^1]₁, …: affine, as in the files of snarkjs. Proof systems on a bus commit to codes
 * with the powers of tau of their keys (docs/proving-evm.md, section 5).
 */
export type CodePowersFile = Uint8Array;

/** The two parts of such a file. */
export function codePowersParts(file: CodePowersFile): {
  readonly tau: Uint8Array;
  readonly powers: Uint8Array;
} {
  const { affine } = POINT_BYTES.g2;
  return { tau: file.subarray(0, affine), powers: file.subarray(affine) };
}

/**
 * What is wrong with powers, or undefined: each has to be the one before it times the τ of [τ]₂. On chain
 * [τ]₂ alone decides what an opening is, so with a τ that an attacker knows any code could be claimed.
 * @returns wrong powers pass with a chance below 2^-128.
 */
export async function codePowersFault(file: CodePowersFile): Promise<string | undefined> {
  return await withKeyTools(async (tools) => await fault(tools, file));
}

async function fault(
  { check, threads, pairings, generators }: KeyTools,
  file: CodePowersFile,
): Promise<string | undefined> {
  const { affine } = POINT_BYTES.g1;
  const { tau, powers } = codePowersParts(file);
  if (!check.g2.isGenuine(tau)) return "[τ]₂ is no point of the group";
  const invalid = await threads.firstInvalid("g1", powers);
  if (invalid !== undefined) return `power ${invalid} of τ is not on the curve`;
  if (!areSame(powers.subarray(0, affine), generators.g1)) return "the powers of τ do not begin with 1";
  const steps = powers.length / affine - 1;
  const scalars = randomScalars(steps);
  const combine = async (bases: Uint8Array): Promise<Uint8Array> => {
    const sum = await threads.sum({ group: "g1", bases, scalars, bits: FACTOR_BITS });
    if (sum === undefined) throw new RangeError("a sum is missing");
    return sum;
  };
  const lower = await combine(powers.subarray(0, steps * affine));
  const upper = await combine(powers.subarray(affine));
  return pairings.areEqual([lower, tau], [upper, generators.g2])
    ? undefined
    : "the powers of τ in G1 are not those of [τ]₂";
}
