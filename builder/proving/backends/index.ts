import type { BackendKind } from "./backend.ts";
import { gnarkBackend } from "./gnark/index.ts";
import { rapidsnarkBackend } from "./rapidsnark/index.ts";
import { snarkjsBackend } from "./snarkjs/index.ts";
import { cudaBackend, processorsBackend, softwareBackend, wgpuBackend } from "./snarkrs/index.ts";

/**
 * All ways to prove on this machine: on processors, the fastest first, then on devices. A new one is a folder
 * beside this file and a line here.
 */
export const BACKEND_KINDS: readonly BackendKind[] = [
  gnarkBackend,
  rapidsnarkBackend,
  snarkjsBackend,
  cudaBackend,
  wgpuBackend,
  softwareBackend,
  processorsBackend,
];
