import { loadPoseidon } from "../../state/poseidon.ts";
import { openState } from "../../state/open.ts";
import { StateTree } from "../../state/tree.ts";
import type { OpenOptions, RollupKind } from "../kind.ts";
import { circuitProof } from "../circuit-proof.ts";
import { ledgerCircuitJob } from "./circuit-input.ts";
import { signerOfL2tx } from "./l2tx.ts";
import { OPERATIONS_OF_CIRCUIT } from "./limits.ts";
import { LedgerMachine } from "./machine.ts";
import type { LedgerVisitRecord } from "./record.ts";

const NAME = "ledger";

/**
 * The non-EVM kind: accounts with a balance and a nonce, and one well-known contract (docs/spec.md section
 * 5).
 */
export const ledgerKind = {
  name: NAME,
  circuits: Object.keys(OPERATIONS_OF_CIRCUIT),
  async genesisRoot() {
    return new StateTree(await loadPoseidon(), "fixed").stateRoot();
  },
  async open({ id, folder, places, onRebuild }: OpenOptions): Promise<LedgerMachine> {
    const identity = `${NAME}:${id.toString()}`;
    const poseidon = await loadPoseidon();
    return new LedgerMachine(
      id,
      await openState({
        poseidon,
        identity,
        shape: "fixed",
        onRebuild,
        ...(folder !== undefined && { folder }),
        ...(places !== undefined && { places }),
      }),
    );
  },
  isProven: true,
  signerOf(data) {
    return signerOfL2tx(data);
  },
  async proofJob(statement, visit) {
    return circuitProof(await ledgerCircuitJob(statement, visit), statement.words);
  },
} satisfies RollupKind<LedgerVisitRecord>;
