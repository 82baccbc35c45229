import type { CircuitInput } from "../circuit-job.ts";
import { committedValues } from "../committed-values.ts";
import { ProofFailedError } from "../errors.ts";
import { committedWires } from "../keys/commitment-key.ts";
import type { LoadedCircuit } from "../load-circuit.ts";

/** What the two steps need of a circuit with committed wires. */
export class CommittingCircuit {
  /** How many wires are committed to. */
  readonly wires: number;
  /** How many public signals there are: more than names, where there are arrays among them. */
  readonly publicCount: number;
  readonly constraints: number;
  /** Names of the public signals. */
  readonly publicNames: readonly string[];
  readonly #name: string;
  readonly #inputs: readonly string[];
  /** The last trace's: both steps and all attempts ask for them. */
  readonly #values = new WeakMap<CircuitInput, Uint8Array>();

  /** @throws {ProofFailedError} when it has no committed wires. */
  constructor(name: string, { committed, verificationKey, constraints, publicSignals }: LoadedCircuit) {
    if (committed === undefined) throw new ProofFailedError(name, "the circuit has no committed wires");
    this.#name = name;
    this.#inputs = committed.inputs;
    this.wires = committedWires(committed.key);
    this.publicCount = verificationKey.ic.length - 1;
    this.constraints = constraints;
    this.publicNames = publicSignals;
  }

  /**
   * The values of a trace's committed wires.
   * @throws {ProofFailedError} when it is not a trace of this circuit.
   */
  valuesOf(trace: CircuitInput): Uint8Array {
    try {
      const values = this.#values.get(trace) ?? committedValues(this.#inputs, this.wires, trace);
      this.#values.set(trace, values);
      return values;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new ProofFailedError(this.#name, error.message, { cause: error });
    }
  }
}
