import type { Curve } from "ffjavascript";
import { committedWires, type CommitmentKey } from "../../keys/commitment-key.ts";
import { ELEMENT_BYTES } from "../../keys/little-endian.ts";
import type { G1Point } from "../../keys/verification-key.ts";
import type { MultiExponentiation } from "./multi-exponentiation.ts";

/**
 * D = Σ w_j·P_j/η over the committed wires: what is shown before the challenge is drawn
 * (docs/proving-evm.md, section 2). It hides nothing.
 * @param values of the committed wires, in their order, 32 bytes each, little-endian, below the field's
 * modulus.
 */
export async function commit(
  curve: Curve,
  exponentiation: MultiExponentiation,
  key: CommitmentKey,
  values: Uint8Array,
): Promise<G1Point> {
  if (values.length !== committedWires(key) * ELEMENT_BYTES)
    throw new RangeError(
      `${values.length / ELEMENT_BYTES} values for ${committedWires(key)} committed wires`,
    );
  const [x, y] = curve.G1.toObject(curve.G1.toAffine(await exponentiation.sum("g1", key.points, values)));
  return [x, y];
}
