import { CircuitNotLoadedError } from "../proving/errors.ts";
import type { Prover } from "../proving/prover.ts";

/** Stands where nothing is proven, and so is never asked. */
export function noProver(): Prover {
  const refuse = (circuit: string): never => {
    throw new CircuitNotLoadedError(circuit, []);
  };
  return {
    prove: async ({ circuit }) => refuse(circuit),
    commit: async ({ circuit }) => refuse(circuit),
    proveCommitted: async ({ circuit }) => refuse(circuit),
    close: async () => undefined,
  };
}
