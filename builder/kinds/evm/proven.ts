import { encodeFunctionData, type Hex, hexToBytes, size } from "viem";
import { busProofSystemAbi } from "../../protocol/abi.ts";
import { LockstepError } from "../../protocol/errors.ts";
import type { StatementHeader } from "../../protocol/statement.ts";
import { DevelopmentKeyError } from "../../proving/keys/errors.ts";
import { busProofBytes } from "../../proving/bus/proofs.ts";
import { type CodeCommitments, hashTau } from "../../proving/bus/code-commitments.ts";
import { RollupProxies } from "../../proving/bus/proxies.ts";
import { loadPoseidon } from "../../state/poseidon.ts";
import type { CompletedVisit, Prerequisite, RollupKind } from "../kind.ts";
import { withoutProofs } from "../unproven.ts";
import { createEvmKind, type EvmKindOptions } from "./index.ts";
import { CODE_SLOTS, EVM_CIRCUIT, MAX_PROOFS } from "./proof/limits.ts";
import type { StatementTrace } from "./proof/statement.ts";
import type { EvmVisitRecord } from "./record.ts";

const NAME = "proven-evm";

/** The most that the proofs of one statement, its codes and its words take to verify. */
const GAS = 1_500_000n;

type Visit = CompletedVisit<EvmVisitRecord>;

/** Whatever knows the circuit's rows takes long to load, and a builder that proves nothing needs none. */
const circuitRows = () => Promise.all([import("./trace/visit.ts"), import("./proof/statement.ts")]);

/** The rows of each visit, made when they are first asked for. */
const traces = new WeakMap<EvmVisitRecord, Promise<StatementTrace>>();

/**
 * The rows that prove a visit.
 * @throws {NotYetProvableError}, and what `traceVisit` throws.
 */
async function traceOf(header: StatementHeader, visit: Visit): Promise<StatementTrace> {
  const known = traces.get(visit.record);
  if (known !== undefined) return await known;
  const { witness } = visit.record;
  const make = async (): Promise<StatementTrace> => {
    const poseidon = await loadPoseidon();
    const [{ traceVisit }, { statementTrace }] = await circuitRows();
    const proxies = RollupProxies.read();
    return statementTrace(poseidon, await traceVisit({ poseidon, proxies, header, visit, witness }));
  };
  const made = make();
  traces.set(visit.record, made);
  return await made;
}

/** Why a circuit does not cover the visit; nothing if one does. */
async function judgeOf(visit: Visit, header: StatementHeader): Promise<LockstepError | undefined> {
  try {
    await traceOf(header, visit);
    return undefined;
  } catch (error) {
    if (error instanceof LockstepError) return error;
    throw error;
  }
}

export interface ProvenEvmKindOptions extends EvmKindOptions {
  /**
   * File of the powers of tau that codes are committed to with: those of the keys. Without one, the
   * development set-up's, INSECURE: on local chains alone.
   */
  readonly codePowers?: string | undefined;
}

/**
 * The same as rollups registered for tests have it: a visit that no circuit covers is refused as where it
 * has to be proven, cheats excepted.
 */
export function createTestProvenEvmKind(options: EvmKindOptions): RollupKind<EvmVisitRecord> {
  return withoutProofs(
    createEvmKind({ ...options, judge: judgeOf, cheats: true, name: NAME, transactionsPerVisit: 1 }),
  );
}

/**
 * Solidity rollups whose visits are proven (docs/proving-evm.md). A visit that no circuit covers yet is
 * refused (`NOT_YET_PROVABLE`), with the opcode or feature that it needs: none is ever taken without a proof.
 */
export function createProvenEvmKind({
  codePowers,
  ...options
}: ProvenEvmKindOptions = {}): RollupKind<EvmVisitRecord> {
  const commitments = async () => {
    const { openCodeCommitments } = await import("../../proving/bus/code-powers.ts");
    return await openCodeCommitments(codePowers);
  };
  const elsewhere = (l1ChainId: bigint): LockstepError | undefined =>
    codePowers === undefined
      ? new DevelopmentKeyError(l1ChainId, `What rollups of kind ${NAME} commit to codes with is`)
      : undefined;
  const evm = createEvmKind({ ...options, judge: judgeOf, elsewhere, name: NAME, transactionsPerVisit: 1 });
  return {
    ...evm,
    // What is proven needs no judge but L1.
    check: undefined,
    isProven: true,
    circuits: [EVM_CIRCUIT],
    proofSize: {
      bytes: busProofBytes({ proofs: MAX_PROOFS, slots: CODE_SLOTS, codes: CODE_SLOTS }),
      gas: GAS,
    },
    async proofJob(statement, visit) {
      const { header } = statement;
      const trace = await traceOf(header, visit);
      return {
        circuit: EVM_CIRCUIT,
        about: `${trace.rows} rows with ${trace.committed} values, in ${trace.vectors.length} proofs`,
        async prove(prover, { signal, proofSystem, verificationKey }) {
          const { proveStatement } = await import("./proof/prove.ts");
          const { proof } = await proveStatement(
            prover,
            {
              trace,
              words: statement.wholeWords,
              set: verificationKey,
              evmChainId: header.l1ChainId,
              proofSystem: await proofSystem(),
              commitments: await commitments(),
            },
            { signal },
          );
          return proof;
        },
      };
    },
    async prerequisites({ header }, visit) {
      const { codes } = await traceOf(header, visit);
      const opened = await commitments();
      return await Promise.all(codes.map(({ codeHash, code }) => registration(opened, codeHash, code)));
    },
  };
}

/** That L1 knows a code. */
async function registration(commitments: CodeCommitments, codeHash: Hex, code: Hex): Promise<Prerequisite> {
  return {
    what: `the code ${codeHash} (${size(code)} bytes)`,
    isMet: encodeFunctionData({
      abi: busProofSystemAbi,
      functionName: "isCodeRegistered",
      args: [hashTau(commitments.tau), codeHash],
    }),
    tell: async () => {
      const table = commitments.table(hexToBytes(code));
      const { tau, commitment, opening } = await commitments.register(table);
      return encodeFunctionData({
        abi: busProofSystemAbi,
        functionName: "registerCode",
        args: [tau, code, commitment, opening],
      });
    },
  };
}
