import "../../builder/proof/snarkjs.ts";

/** Ends the threads that snarkjs leaves running in the thread that used it. */
export async function endSnarkjs(): Promise<void> {
  await globalThis.curve_bn128?.terminate();
}
