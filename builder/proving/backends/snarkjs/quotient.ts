import type { Curve } from "ffjavascript";
import { viewOf } from "../../keys/binary-file.ts";
import { ELEMENT_BYTES } from "../../keys/little-endian.ts";

/**
 * Each thread at this takes its own copy of the coefficients, so more threads would cost more memory than
 * time.
 */
const MAX_PARTS = 4;

/**
 * The scalars of the quotient points: (A·w)(B·w) − C·w at the odd roots of the doubled domain, in standard
 * form.
 * @param coefficients section 4 of the `.zkey`.
 * @param witness 32 bytes per wire.
 */
export async function quotientScalars(
  curve: Curve,
  coefficients: Uint8Array,
  witness: Uint8Array,
  domainSize: number,
): Promise<Uint8Array> {
  const shift = curve.Fr.w[Math.log2(domainSize) + 1];
  if (shift === undefined) throw new RangeError(`A domain of ${domainSize} is too large for the field`);
  const rows = await constraintValues(curve, coefficients, witness, domainSize);
  const shifted = await Promise.all(
    rows.map(async (values) => {
      const polynomial = await curve.Fr.ifft(values);
      return curve.Fr.fft(await curve.Fr.batchApplyKey(polynomial, curve.Fr.one, shift));
    }),
  );
  return join(curve, shifted, domainSize);
}

/** A·w, B·w and their product, which is C·w, by constraint. */
async function constraintValues(
  curve: Curve,
  coefficients: Uint8Array,
  witness: Uint8Array,
  domainSize: number,
): Promise<Uint8Array[]> {
  const count = viewOf(coefficients).getUint32(0, true);
  const parts = Math.min(curve.tm.concurrency, MAX_PARTS);
  const size = Math.ceil(domainSize / parts);
  const results = await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const first = part * size;
      const length = Math.max(0, Math.min(size, domainSize - first));
      const bytes = length * ELEMENT_BYTES;
      return curve.tm.queueAction([
        { cmd: "ALLOCSET", var: 0, buff: coefficients.subarray(4) },
        { cmd: "ALLOCSET", var: 1, buff: witness },
        { cmd: "ALLOC", var: 2, len: bytes },
        { cmd: "ALLOC", var: 3, len: bytes },
        { cmd: "ALLOC", var: 4, len: bytes },
        {
          cmd: "CALL",
          fnName: "qap_buildABC",
          // Terms of constraints outside of first … first + length are left out.
          params: [
            { var: 0 },
            { val: count },
            { var: 1 },
            { var: 2 },
            { var: 3 },
            { var: 4 },
            { val: first },
            { val: length },
            { val: 0 },
            { val: witness.length / ELEMENT_BYTES },
          ],
        },
        { cmd: "GET", out: 0, var: 2, len: bytes },
        { cmd: "GET", out: 1, var: 3, len: bytes },
        { cmd: "GET", out: 2, var: 4, len: bytes },
      ]);
    }),
  );
  return [0, 1, 2].map((matrix) => concatenate(results.map((result) => result[matrix])));
}

async function join(curve: Curve, matrices: readonly Uint8Array[], domainSize: number): Promise<Uint8Array> {
  const parts = curve.tm.concurrency;
  const size = Math.ceil(domainSize / parts);
  const results = await Promise.all(
    Array.from({ length: parts }, (_, part) => {
      const pieces = matrices.map((matrix) =>
        matrix.slice(part * size * ELEMENT_BYTES, (part + 1) * size * ELEMENT_BYTES),
      );
      const bytes = pieces[0]?.length ?? 0;
      const length = { val: bytes / ELEMENT_BYTES };
      return curve.tm.queueAction([
        ...pieces.map((buff, index) => ({ cmd: "ALLOCSET", var: index, buff }) as const),
        { cmd: "ALLOC", var: 3, len: bytes },
        {
          cmd: "CALL",
          fnName: "qap_joinABC",
          params: [{ var: 0 }, { var: 1 }, { var: 2 }, length, { var: 3 }],
        },
        { cmd: "CALL", fnName: "frm_batchFromMontgomery", params: [{ var: 3 }, length, { var: 3 }] },
        { cmd: "GET", out: 0, var: 3, len: bytes },
      ]);
    }),
  );
  return concatenate(results.map(([result]) => result));
}

function concatenate(parts: readonly (Uint8Array | undefined)[]): Uint8Array {
  // No Buffer: ffjavascript relies on slices being copies.
  const result = new Uint8Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0));
  let offset = 0;
  for (const part of parts) {
    if (part === undefined) throw new RangeError("A thread returned too few results");
    result.set(part, offset);
    offset += part.length;
  }
  return result;
}
