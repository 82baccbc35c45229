import type { Curve } from "ffjavascript";

declare global {
  /** Where ffjavascript keeps the curve that all of snarkjs in a thread shares. */
  var curve_bn128: Curve | null | undefined;
}

/** Ends the threads that snarkjs leaves running in the thread that used it. */
export async function endSnarkjs(): Promise<void> {
  await globalThis.curve_bn128?.terminate();
}
