import { readBinaryFile } from "../../../builder/proving/keys/binary-file.ts";
import { ELEMENT_BYTES, readElement } from "../../../builder/proving/keys/little-endian.ts";
import { readConstraintSystem } from "../../../builder/proving/keys/r1cs.ts";
import type { CircuitInput } from "../../../builder/kinds/kind.ts";
import { calculateWitness, WitnessError } from "../../../builder/proving/threads/witness.ts";
import { Constraints } from "./constraints.ts";
import { PART } from "./stand-in.ts";

/** The circuit itself, and the template in its stand-in caller, whose signals are the circuit's own. */
const MAIN = new RegExp(`^main\\.(?:${PART}\\.)?`);

/** A compiled circuit as the tests use it: run it, read signals by name, check its constraints. */
export class Circuit {
  readonly constraints: Constraints;
  /**
   * Wire by signal name without `main.` and the stand-in caller; names that the compiler joined share a wire,
   * removed ones are missing.
   */
  readonly wires: ReadonlyMap<string, number>;
  readonly #module: WebAssembly.Module;

  private constructor(
    module: WebAssembly.Module,
    constraints: Constraints,
    wires: ReadonlyMap<string, number>,
  ) {
    this.#module = module;
    this.constraints = constraints;
    this.wires = wires;
  }

  static async open(wasm: Uint8Array<ArrayBuffer>, r1cs: Uint8Array, symbols: string): Promise<Circuit> {
    const wires = new Map<string, number>();
    for (const line of symbols.split("\n")) {
      const [, wire = "-1", , name = ""] = line.split(",");
      if (Number(wire) >= 0 && name !== "") wires.set(name.replace(MAIN, ""), Number(wire));
    }
    return new Circuit(
      await WebAssembly.compile(wasm),
      new Constraints(readConstraintSystem(r1cs, "the circuit under test")),
      wires,
    );
  }

  /**
   * The witness, by wire.
   * @throws {WitnessError} when the circuit refuses the input.
   */
  async witness(input: CircuitInput): Promise<bigint[]> {
    const values = readBinaryFile(await calculateWitness(this.#module, input), "wtns", "witness").section(2);
    return Array.from({ length: values.length / ELEMENT_BYTES }, (_, wire) =>
      readElement(values, wire * ELEMENT_BYTES),
    );
  }

  /** Value of a signal in a witness. */
  value(witness: readonly bigint[], name: string): bigint {
    const wire = this.wires.get(name);
    const value = wire === undefined ? undefined : witness[wire];
    if (value === undefined) throw new Error(`no signal ${name} in the compiled circuit`);
    return value;
  }

  /** Runs the circuit and returns the named output, which has satisfied every constraint. */
  async output(input: CircuitInput, name: string): Promise<bigint> {
    return this.value(await this.checked(input), name);
  }

  /** Runs the circuit and returns the elements of an array of outputs. */
  async outputs(input: CircuitInput, name: string): Promise<bigint[]> {
    const witness = await this.checked(input);
    const values: bigint[] = [];
    while (this.wires.has(`${name}[${values.length}]`))
      values.push(this.value(witness, `${name}[${values.length}]`));
    return values;
  }

  /** A witness of which also the R1CS, not only the generated program, says that it is good. */
  async checked(input: CircuitInput): Promise<bigint[]> {
    const witness = await this.witness(input);
    const broken = this.constraints.load(witness);
    if (broken !== undefined) throw new Error(`constraint ${broken} does not hold`);
    return witness;
  }

  /** Whether the circuit refuses the input. Any other error is thrown. */
  async refuses(input: CircuitInput): Promise<boolean> {
    try {
      await this.witness(input);
      return false;
    } catch (error) {
      if (error instanceof WitnessError && error.message.startsWith("assertion failed")) return true;
      throw error;
    }
  }
}
