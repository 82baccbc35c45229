import { type Address, type Hex, hexToBytes } from "viem";
import { circuit } from "../../../../circuits/evm/index.ts";
import { FIELD_MODULUS as P } from "../../../protocol/ids.ts";
import type { CodeCommitments, CodeTable } from "../../../proving/bus/code-commitments.ts";
import { type BusProof, encodeBusProofs } from "../../../proving/bus/proofs.ts";
import { codeElement } from "../../../proving/bus/terms.ts";
import {
  type BusChallenges,
  type BusOpening,
  drawChallenges,
  openingCoefficients,
  seedOf,
} from "../../../proving/bus/transcript.ts";
import { proveTogether } from "../../../proving/prove-together.ts";
import type { CommittedResult, ProveOptions, Prover } from "../../../proving/prover.ts";
import { EVM_CIRCUIT } from "./limits.ts";
import type { StatementTrace } from "./statement.ts";

/** The set's only key. */
const KEY = 0;

/** What is proven, for whom. */
export interface StatementToProve {
  readonly trace: StatementTrace;
  /** In the form of the bus: `wholeStatementWords`. */
  readonly words: readonly bigint[];
  /** Name of the set of keys. */
  readonly set: Hex;
  /** EVM chain id of L1. */
  readonly evmChainId: bigint;
  readonly proofSystem: Address;
  readonly commitments: CodeCommitments;
}

/** A code with what no proof of the statement vouches for. */
interface OpenedCode {
  readonly slot: number;
  readonly table: CodeTable;
  readonly quotient: Awaited<ReturnType<CodeCommitments["quotient"]>>;
}

/** What proofs are made with: the last that is drawn is the proofs'. */
interface Drawn {
  readonly bus: BusOpening;
  readonly challenges: BusChallenges;
}

/**
 * Proves a statement by several proofs on one bus.
 * @returns what `BusProofSystem` takes, and what the proofs took.
 * @throws what the prover throws.
 */
export async function proveStatement(
  prover: Prover,
  { trace, words, set, evmChainId, proofSystem, commitments }: StatementToProve,
  options: ProveOptions,
): Promise<{ readonly proof: Hex; readonly results: readonly CommittedResult[] }> {
  const codes: OpenedCode[] = [];
  for (const { slot, code, used } of trace.codes) {
    const table = commitments.table(hexToBytes(code));
    codes.push({ slot, table, quotient: await commitments.quotient(table, used) });
  }
  const shown = codes.map(({ slot, table: { codeHash }, quotient }) => ({
    slot,
    codeHash,
    quotient: quotient.commitment,
  }));
  const opening = (ds: readonly (readonly [bigint, bigint])[]): BusOpening => ({
    evmChainId,
    proofSystem,
    set,
    words,
    commitments: ds.map((d) => ({ key: KEY, d })),
    codes: shown,
  });
  const jobs = trace.vectors.map((w) => ({ circuit: EVM_CIRCUIT, trace: { w } }));
  const drawn: Drawn[] = [];
  const results = await proveTogether(
    prover,
    jobs,
    (ds) => {
      const bus = opening(ds);
      const challenges = drawChallenges(bus);
      drawn.push({ bus, challenges });
      const { beta, gamma } = challenges;
      return { beta, gamma };
    },
    options,
  );
  const proofs = results.map(({ proof, publicSignals: [sum = 0n, ...others] }): BusProof => ({
    key: KEY,
    proof,
    sum,
    products: others.slice(0, circuit.slots),
  }));
  const openings = await openCodes(commitments, codes, proofs, drawn.at(-1));
  return {
    proof: encodeBusProofs({
      proofs,
      codes: shown,
      ...(openings === undefined ? {} : { opening: openings }),
    }),
    results,
  };
}

/** W: that in each slot the proofs vouch for rows of its code alone. */
async function openCodes(
  commitments: CodeCommitments,
  codes: readonly OpenedCode[],
  proofs: readonly BusProof[],
  drawn: Drawn | undefined,
): Promise<Awaited<ReturnType<CodeCommitments["open"]>> | undefined> {
  if (codes.length === 0 || drawn === undefined) return undefined;
  const { bus, challenges } = drawn;
  const coefficients = openingCoefficients(seedOf(bus), proofs, codes.length);
  const opened = codes.map(({ slot, table, quotient: { quotient } }, index) => {
    const r = coefficients[index] ?? 0n;
    const element = codeElement(slot, table.codeHash, challenges);
    const product = proofs.reduce((all, { products }) => (all * (products[slot] ?? 1n)) % P, r);
    return { table, quotient, factor: ((challenges.gamma - element + P) * r) % P, product };
  });
  return await commitments.open(opened, challenges.gamma);
}
