import { numberToHex, size } from "viem";
import type { ProofShown } from "lockstep-client/rpc-types";
import type { Batch } from "../../protocol/batch.ts";
import type { Backend } from "../backend.ts";

/** The proofs of a batch. What is under a key of none of the rollup's circuits proves nothing. */
export function shownProofs(rollups: Backend["rollups"], { proofs }: Batch): ProofShown[] {
  return proofs.map(({ rollup, verificationKey, visits, proof }) => {
    const known = rollups.find(({ id }) => id === rollup);
    const keys = Object.entries(known?.verificationKeys ?? {});
    const circuit = keys.find(([, key]) => key.toLowerCase() === verificationKey.toLowerCase())?.[0];
    const proven = known?.kind.isProven === true && circuit !== undefined;
    return {
      rollup: numberToHex(rollup),
      verificationKey,
      visits,
      size: size(proof),
      proven,
      circuit: proven ? circuit : null,
    };
  });
}
