import { nativeBackend } from "../native/backend.ts";
import { gnarkWorker } from "./worker.ts";

/**
 * Our own Groth16 for snarkjs' keys on the arithmetic of gnark-crypto, with the key loaded once. Faster than
 * rapidsnark, because its sums add affine points that share an inversion.
 */
export const gnarkBackend = nativeBackend(gnarkWorker);
