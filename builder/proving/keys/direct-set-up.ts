import { createHash } from "node:crypto";
import { type Arithmetisation, arithmetise } from "./arithmetisation.ts";
import { BASE_FIELD_MODULUS } from "./base-field.ts";
import { writeBinaryFile } from "./binary-file.ts";
import type { CombPoints } from "./comb.ts";
import type { CommitmentKey } from "./commitment-key.ts";
import { compileCurve } from "./curve-module.ts";
import { CurveMemory, type GroupName, POINT_BYTES } from "./curve-memory.ts";
import { ELEMENT_BYTES, elementBytes, u32 } from "./little-endian.ts";
import { multiplyGenerators, type MultiplierOptions } from "./multiplier.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";
import { type ConstraintSystem, readConstraintSystem } from "./r1cs.ts";
import type { SetupSecrets, SplitSecrets } from "./secrets.ts";

const GROTH16 = 1;
const ZKEY_VERSION = 1;

/** Makes section 10, what a key says of its set-up, from snarkjs' hash of the key before contributions. */
export type MakeHistory = (circuitHash: Uint8Array) => Promise<Uint8Array>;

/**
 * A Groth16 proving key in snarkjs' format, computed from all of its secrets: seconds where a ceremony takes
 * days, and INSECURE, since with them proofs can be forged.
 *
 * @param r1cs content of a `.r1cs` file.
 * @throws `KEY_CORRUPT` when the constraint system is malformed; an `AbortError` when `signal` fires.
 */
export async function computeKey(
  r1cs: Uint8Array,
  secrets: SetupSecrets,
  history: MakeHistory,
  options: MultiplierOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  return (await computeSplitKey(r1cs, { ...secrets, eta: 1n }, 0, history, options)).zkey;
}

/** A key with committed wires: both files are needed to prove. */
export interface SplitKey {
  /** Has the point at infinity for each committed wire in section 8. */
  readonly zkey: Uint8Array<ArrayBuffer>;
  readonly commitmentKey: CommitmentKey;
}

/**
 * As {@link computeKey}, with the first wires behind the public ones committed to
 * (docs/proving-evm.md, section 2). In the file snarkjs' hash of the circuit is that of the unsplit key.
 * @param committed how many.
 */
export async function computeSplitKey(
  r1cs: Uint8Array,
  secrets: SplitSecrets,
  committed: number,
  history: MakeHistory,
  options: MultiplierOptions = {},
): Promise<SplitKey> {
  const system = readConstraintSystem(r1cs);
  const module = await compileCurve();
  const memory = await CurveMemory.create(module);
  const values = arithmetise(memory, system, secrets, committed);
  const { alpha, beta, delta, eta } = secrets;
  const points = await multiplyGenerators(
    module,
    {
      alpha1: ["g1", elementBytes(alpha)],
      beta1: ["g1", elementBytes(beta)],
      one1: ["g1", elementBytes(1n)],
      delta1: ["g1", elementBytes(delta)],
      beta2: ["g2", elementBytes(beta)],
      one2: ["g2", elementBytes(1n)],
      delta2: ["g2", elementBytes(delta)],
      publicPart: ["g1", values.publicPart],
      a: ["g1", values.a],
      b1: ["g1", values.b],
      b2: ["g2", values.b],
      initialPrivatePart: ["g1", values.privatePart],
      privatePart: ["g1", values.privatePartOverDelta],
      quotient: ["g1", values.quotientOverDelta],
      quotientPowers: ["g1", values.quotientPowers],
      committedPart: ["g1", values.committedPartOverEta],
      eta2: ["g2", elementBytes(eta)],
    },
    options,
  );
  const zkey = writeBinaryFile("zkey", ZKEY_VERSION, [
    [1, u32(GROTH16)],
    [2, header(system, values, points)],
    [3, points.publicPart.points],
    [4, values.coefficients],
    [5, points.a.points],
    [6, points.b1.points],
    [7, points.b2.points],
    [8, points.privatePart.points],
    [9, points.quotient.points],
    [10, await history(circuitHash(values, points))],
  ]);
  const firstWire = system.publicSignals + 1;
  return { zkey, commitmentKey: { firstWire, eta: points.eta2.points, points: points.committedPart.points } };
}

type HeaderPoints = Record<"alpha1" | "beta1" | "one1" | "delta1" | "beta2" | "one2" | "delta2", CombPoints>;
type SectionPoints = Record<
  "publicPart" | "quotientPowers" | "initialPrivatePart" | "a" | "b1" | "b2",
  CombPoints
>;

function header(system: ConstraintSystem, values: Arithmetisation, points: HeaderPoints): Uint8Array {
  const { alpha1, beta1, beta2, one2, delta1, delta2 } = points;
  return Buffer.concat([
    u32(ELEMENT_BYTES),
    elementBytes(BASE_FIELD_MODULUS),
    u32(ELEMENT_BYTES),
    elementBytes(FIELD_MODULUS),
    u32(system.wires),
    u32(system.publicSignals),
    u32(2 ** values.power),
    ...[alpha1, beta1, beta2, one2, delta1, delta2].map((point) => point.points),
  ]);
}

/**
 * snarkjs' name for a circuit and the ceremony before it: a hash of the key before contributions, where γ and
 * δ are 1.
 */
function circuitHash(values: Arithmetisation, points: HeaderPoints & SectionPoints): Uint8Array {
  const hash = createHash("blake2b512");
  const { alpha1, beta1, beta2, one1, one2 } = points;
  for (const point of [alpha1, beta1, beta2, one2, one1, one2]) hash.update(point.uncompressed);
  const add = (
    group: GroupName,
    { uncompressed }: CombPoints,
    count = uncompressed.length / POINT_BYTES[group].affine,
  ) => hash.update(u32(count).reverse()).update(uncompressed);
  add("g1", points.publicPart);
  // Announced as one less than the domain, however many snarkjs then hashes.
  add("g1", points.quotientPowers, 2 ** values.power - 1);
  add("g1", points.initialPrivatePart);
  add("g1", points.a);
  add("g1", points.b1);
  add("g2", points.b2);
  return hash.digest();
}
