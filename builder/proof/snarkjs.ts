import { registerHooks } from "node:module";
import { cpus } from "node:os";
import type { Curve } from "ffjavascript";
import type { Groth16Proof as SnarkjsProof } from "snarkjs";
import { installMultiExponentiation } from "./multi-exponentiation.ts";
import type { Groth16Proof } from "./prover.ts";

export interface SnarkjsResult {
  readonly proof: Groth16Proof;
  readonly publicSignals: readonly bigint[];
}

export type SnarkjsProve = (zkey: Uint8Array, witness: Uint8Array) => Promise<SnarkjsResult>;

declare global {
  /** Where ffjavascript keeps the curve that all of snarkjs in a thread shares. */
  var curve_bn128: Curve | null | undefined;
}

/**
 * snarkjs' Groth16 prover for use inside of a worker thread.
 * @param threads 1: everything runs in the calling thread. More: ffjavascript starts one thread per processor, which
 * end with the calling thread.
 */
export async function loadSnarkjs(threads: number): Promise<SnarkjsProve> {
  const replacement = new URL("./nested-worker.ts", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === "web-worker" ? { url: replacement, shortCircuit: true } : next(specifier, context),
  });
  // Loaded only now: the hook has to be there first.
  const { buildBn128 } = await import("ffjavascript");
  const { groth16 } = await import("snarkjs");
  const curve = await buildBn128(threads === 1 || cpus().length === 1);
  installMultiExponentiation(curve);
  globalThis.curve_bn128 = curve;
  return async (zkey, witness) => {
    const { proof, publicSignals } = await groth16.prove(zkey, witness);
    return { proof: fromSnarkjs(proof), publicSignals: publicSignals.map(BigInt) };
  };
}

/** snarkjs has projective coordinates with real parts first. */
function fromSnarkjs({ pi_a, pi_b, pi_c }: SnarkjsProof): Groth16Proof {
  const [x, y] = pi_b;
  return {
    a: [integer(pi_a[0]), integer(pi_a[1])],
    b: [
      [integer(x?.[1]), integer(x?.[0])],
      [integer(y?.[1]), integer(y?.[0])],
    ],
    c: [integer(pi_c[0]), integer(pi_c[1])],
  };
}

function integer(text: string | undefined): bigint {
  if (text === undefined) throw new TypeError("snarkjs returned a proof with missing coordinates");
  return BigInt(text);
}
