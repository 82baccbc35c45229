import type { Address, Hex } from "viem";
import { prepareCircuits } from "../../../builder/node/artefacts.ts";
import { knownKind } from "../../../builder/node/kinds/index.ts";
import type { PredeployName } from "../../../builder/kinds/evm/genesis/names.ts";
import { createEvmKind } from "../../../builder/kinds/evm/index.ts";
import type { StatementToCheck } from "../../../builder/kinds/evm/reference/check-statement.ts";
import type { EvmVisitRecord } from "../../../builder/kinds/evm/record.ts";
import type { CompletedVisit, ProofJob, RollupKind } from "../../../builder/kinds/kind.ts";
import type { VisitStatement } from "../../../builder/protocol/statement.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../../builder/kinds/unproven.ts";
import type { Prover } from "../../../builder/proving/prover.ts";
import { createLocalProver } from "../../../builder/proving/local-prover.ts";
import { type L1, namesOfKeys, registerKeys, unprovenKeys } from "../../core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../core/unproven.ts";

/**
 * `groth16`: really. `accepted`: L1 takes every proof, for scenarios in which the ledger's is not the point.
 */
export type LedgerProofs = "groth16" | "accepted";

export interface EvmOptions {
  /** Wei that accounts have from genesis on, without any on L1. */
  readonly balances?: ReadonlyMap<Address, bigint>;
  readonly nativeToken?: boolean;
  /** Contracts of others' that stand there from genesis on. */
  readonly predeploys?: readonly PredeployName[];
}

/** How a rollup of a kind is registered and run. */
export interface RollupSetup {
  readonly kind: RollupKind;
  /** Name of the proof system's contract. */
  readonly proofSystem: string;
  readonly verificationKeys: { readonly [circuit: string]: Hex };
  readonly nativeToken: boolean;
  /** What makes the kind's proofs, if they are made at all. */
  readonly prover?: Prover;
  /** Every statement that was made, for kinds that have a reference to check them with. */
  readonly statements: readonly StatementToCheck[];
  /** Makes the proof system ready, once it is deployed. */
  readonly prepare?: (l1: L1, proofSystem: Address) => Promise<void>;
}

export async function evmSetup({
  balances,
  nativeToken = false,
  predeploys = [],
}: EvmOptions = {}): Promise<RollupSetup> {
  const kind = createEvmKind({ predeploys, ...(balances === undefined ? {} : { balances }) });
  const statements: StatementToCheck[] = [];
  const noting: RollupKind<EvmVisitRecord> = {
    ...kind,
    proofJob: async (statement, visit) => await noted(kind, statement, visit, statements),
  };
  return {
    kind: noting,
    statements,
    proofSystem: "UnprovenProofSystem",
    verificationKeys: { [UNPROVEN]: UNPROVEN_KEY },
    nativeToken,
  };
}

/** What proves a visit, with the statement noted once it is proven. */
async function noted(
  kind: RollupKind<EvmVisitRecord>,
  statement: VisitStatement,
  visit: CompletedVisit<EvmVisitRecord>,
  statements: StatementToCheck[],
): Promise<ProofJob> {
  const job = await kind.proofJob(statement, visit);
  return {
    ...job,
    prove: async (prover, context) => {
      const proof = await job.prove(prover, context);
      statements.push({ header: statement.header, visit, witness: visit.record.witness, proof });
      return proof;
    },
  };
}

export async function ledgerSetup(proofs: LedgerProofs): Promise<RollupSetup & { readonly prover: Prover }> {
  if (proofs === "accepted") {
    return {
      kind: unprovenLedgerKind,
      proofSystem: "AcceptingProofSystem",
      verificationKeys: unprovenKeys,
      nativeToken: false,
      statements: [],
      prover: new UnprovenProver(),
    };
  }
  const circuits = await prepareCircuits({ kinds: [knownKind("ledger")] });
  return {
    kind: ledgerKind,
    proofSystem: "Groth16ProofSystem",
    verificationKeys: namesOfKeys(circuits),
    nativeToken: false,
    statements: [],
    prover: await createLocalProver({ artefacts: [...circuits.values()].map(({ artefacts }) => artefacts) }),
    prepare: async (l1, proofSystem) => {
      await registerKeys(l1, proofSystem, circuits);
    },
  };
}
