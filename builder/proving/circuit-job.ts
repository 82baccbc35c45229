import type { FieldElement } from "../protocol/ids.ts";
import type { G1Point } from "./keys/verification-key.ts";

/** Values of a circuit's input signals, by signal name, arrays nested as the circuit declares them. */
export type CircuitInput = { readonly [signal: string]: CircuitValue };
export type CircuitValue = bigint | readonly CircuitValue[];

/** One proof to be made: which circuit instance (a name in `circuits/circuits.json`) and its inputs. */
export interface CircuitJob {
  readonly circuit: string;
  readonly input: CircuitInput;
  /** The circuit's commitment to the statement's words, public input 0. */
  readonly commitment: FieldElement;
}

/** What a proof under a key with committed wires is about, before its challenge is drawn. */
export interface TraceJob {
  readonly circuit: string;
  /** Every input but what is drawn: the values that are committed to, and others. It may not change. */
  readonly trace: CircuitInput;
}

/** D: what a proof says of its committed wires before the challenge (docs/proving-evm.md, section 2). */
export interface TraceCommitment {
  readonly d: G1Point;
  /** Name of the backend that made it. */
  readonly backend: string;
  readonly commitMilliseconds: number;
}

/** The second step of a {@link TraceJob}. */
export interface CommittedJob extends TraceJob {
  /** To this very trace. */
  readonly commitment: TraceCommitment;
  /** The inputs that were drawn when all commitments were known. */
  readonly drawn: CircuitInput;
}
