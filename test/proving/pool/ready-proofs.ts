import { expect } from "chai";
import type { Artefacts } from "../../../builder/proving/circuits/artefacts.ts";
import type { UnverifiedProof } from "../../../builder/proving/backends/backend.ts";
import { openSnarkjs } from "../../../builder/proving/backends/snarkjs/index.ts";
import type { CircuitJob } from "../../../builder/proving/circuit-job.ts";
import { loadCircuit } from "../../../builder/proving/load-circuit.ts";
import { calculateWitness } from "../../../builder/proving/threads/witness.ts";
import { fieldElement } from "../../../builder/protocol/ids.ts";
import { testArtefacts } from "../keys/setting.ts";
import { verifyProof } from "../reference-verification.ts";
import { BITS_INPUT } from "../setting.ts";

/** A circuit, and one with fewer constraints. */
export const LONG = "bits";
export const SHORT = "no_bits";
export type TestCircuit = typeof LONG | typeof SHORT;
/** Each circuit has proofs of the statements 1 … STATEMENTS. */
export const STATEMENTS = 6;

/** The job of statement n: n·2³ = 8n. */
export function jobOf(statement: number, circuit: TestCircuit = LONG): CircuitJob {
  const commitment = fieldElement(BigInt(statement));
  const input = { ...BITS_INPUT, commitment, evaluation: 8n * commitment };
  return {
    circuit,
    commitment,
    input: circuit === LONG ? input : { ...input, word: 0n, bits: [] },
  };
}

/** Real proofs, made once: what the pool makes of them takes no time of a prover. */
export class ReadyProofs {
  readonly long: Artefacts;
  readonly short: Artefacts;
  readonly #proofs = new Map<string, UnverifiedProof>();

  private constructor(long: Artefacts, short: Artefacts) {
    this.long = long;
    this.short = short;
  }

  static async make(): Promise<ReadyProofs> {
    const ready = new ReadyProofs(await testArtefacts(LONG), await testArtefacts(SHORT));
    const backend = await openSnarkjs({ circuits: ready.circuits, threads: 1 });
    const forever = new AbortController().signal;
    for (const circuit of [LONG, SHORT] as const) {
      const { wasm, verificationKey } = await loadCircuit(circuit === LONG ? ready.long : ready.short);
      for (let statement = 1; statement <= STATEMENTS; statement++) {
        const job = jobOf(statement, circuit);
        const witness = () => calculateWitness(wasm, job.input);
        const made = { ...(await backend.prove({ ...job, witness }, forever)), proveMilliseconds: 1 };
        const { commitment } = job;
        expect(made.publicSignals).to.deep.equal([commitment, 2n, 8n * commitment]);
        expect(verifyProof(verificationKey, made.publicSignals, made.proof)).to.equal(true);
        ready.#proofs.set(`${circuit} ${commitment}`, made);
      }
    }
    await backend.close();
    return ready;
  }

  get circuits(): readonly Artefacts[] {
    return [this.long, this.short];
  }

  /** What a sound backend answers. */
  of({ circuit, commitment }: Pick<CircuitJob, "circuit" | "commitment">): UnverifiedProof {
    const proof = this.#proofs.get(`${circuit} ${commitment}`);
    if (proof === undefined)
      throw new RangeError(`no proof of statement ${commitment} of ${circuit} was made`);
    return proof;
  }

  /** A sound proof of the statement after the one that is asked for. */
  ofAnother({ circuit, commitment }: Pick<CircuitJob, "circuit" | "commitment">): UnverifiedProof {
    return this.of({ circuit, commitment: fieldElement((commitment % BigInt(STATEMENTS)) + 1n) });
  }
}

let made: Promise<ReadyProofs> | undefined;

/** The same for all tests of a process. */
export function readyProofs(): Promise<ReadyProofs> {
  return (made ??= ReadyProofs.make());
}
