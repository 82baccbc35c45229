import type { FieldElement } from "../protocol/ids.ts";

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
