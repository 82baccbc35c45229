import { ELEMENT_BYTES, elementBytes, readElement, writeElement } from "../keys/little-endian.ts";
import { viewOf, writeBinaryFile } from "../keys/binary-file.ts";
import type { CircuitInput, CircuitValue } from "../circuit-job.ts";
import { FIELD_MODULUS } from "../../protocol/ids.ts";

/** The circuit refused its input; the message says where. */
export class WitnessError extends Error {}

/** Codes with which circom's code calls its exception handler. */
const EXCEPTIONS: Readonly<Record<number, string>> = {
  1: "signal not found",
  2: "too many signals set",
  3: "signal already set",
  4: "assertion failed",
  5: "not enough memory",
  6: "input signal array access exceeds its size",
};
const WITNESS_VERSION = 2;
const WORDS = ELEMENT_BYTES / 4;

/**
 * Runs the code that circom generated and returns the witness as content of a `.wtns` file. Each call makes a
 * new instance of the module: a few milliseconds, and no state or memory of one job reaches the next.
 * @throws {WitnessError} for inputs that do not fit the circuit's or do not satisfy its constraints.
 */
export async function calculateWitness(
  module: WebAssembly.Module,
  input: CircuitInput,
): Promise<Uint8Array<ArrayBuffer>> {
  const messages: string[] = [];
  let refusal: string | undefined;
  const message = (): void => {
    messages.push(readMessage());
  };
  const instance = await WebAssembly.instantiate(module, {
    runtime: {
      exceptionHandler: (code: number) => {
        refusal = EXCEPTIONS[code] ?? `exception ${code}`;
        throw new WitnessError(refusal);
      },
      printErrorMessage: message,
      writeBufferMessage: message,
      showSharedRWMemory: () => undefined,
    },
  });
  // Each look at the exports of an instance takes longer than most of its functions.
  const { exports } = instance;
  const call = (name: string, ...parameters: number[]): number => {
    const found = exports[name];
    if (typeof found !== "function") throw new WitnessError(`the module has no function ${name}`);
    return found(...parameters);
  };
  function readMessage(): string {
    let text = "";
    for (let code = call("getMessageChar"); code !== 0; code = call("getMessageChar")) {
      text += String.fromCharCode(code);
    }
    return text.trim();
  }

  const { memory } = exports;
  if (!(memory instanceof WebAssembly.Memory)) throw new WitnessError("the module shows no memory");
  const start = call("getSharedRWMemoryStart");
  /** Where field elements go in and out. The memory is another one when it has grown. */
  const element = (): Uint32Array<ArrayBuffer> => new Uint32Array(memory.buffer, start, WORDS);

  if (call("getFieldNumLen32") !== WORDS) throw new WitnessError("the circuit is not over a 256-bit field");
  call("getRawPrime");
  if (readElement(bytesOf(element()), 0) !== FIELD_MODULUS)
    throw new WitnessError("the circuit is not over BN254");
  call("init", 1);
  try {
    let count = 0;
    for (const [signal, given] of Object.entries(input)) {
      const values = flatten(given, signal);
      const [high, low] = signalHash(signal);
      const size = call("getInputSignalSize", high, low);
      // Unknown signals have size 0, as empty arrays do.
      if (size <= 0 && values.length > 0) throw new WitnessError(`the circuit has no input ${signal}`);
      if (size > 0 && size !== values.length) {
        throw new WitnessError(`input ${signal} has ${values.length} values instead of ${size}`);
      }
      values.forEach((value, index) => {
        writeElement(viewOf(bytesOf(element())), 0, value);
        call("setInputSignal", high, low, index);
      });
      count += values.length;
    }
    const expected = call("getInputSize");
    if (count !== expected) throw new WitnessError(`only ${count} of ${expected} input values are given`);
  } catch (error) {
    // circom's trace of templates and lines, innermost first, ended by the exception.
    if (refusal === undefined) throw error;
    throw new WitnessError([refusal, ...messages].filter((line) => line !== "").join("; "));
  }

  const size = call("getWitnessSize");
  const witness = new Uint32Array(size * WORDS);
  const { getWitness } = exports;
  if (typeof getWitness !== "function") throw new WitnessError("the module has no function getWitness");
  for (let wire = 0; wire < size; wire++) {
    getWitness(wire);
    witness.set(element(), wire * WORDS);
  }
  const header = new Uint8Array(4 + ELEMENT_BYTES + 4);
  viewOf(header).setUint32(0, ELEMENT_BYTES, true);
  header.set(elementBytes(FIELD_MODULUS), 4);
  viewOf(header).setUint32(4 + ELEMENT_BYTES, size, true);
  return writeBinaryFile("wtns", WITNESS_VERSION, [
    [1, header],
    [2, bytesOf(witness)],
  ]);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** Values in row order. Nothing is reduced: a value outside of the field is a mistake in the input. */
function flatten(value: CircuitValue, signal: string): bigint[] {
  if (typeof value !== "bigint") return value.flatMap((element) => flatten(element, signal));
  if (value < 0n || value >= FIELD_MODULUS)
    throw new WitnessError(`input ${signal} holds ${value}: not in the field`);
  return [value];
}

/** 64-bit FNV-1a, by which circom's code finds its inputs, in two halves. */
function signalHash(name: string): [high: number, low: number] {
  let hash = 0xcbf29ce484222325n;
  for (const byte of Buffer.from(name, "utf8"))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return [Number(hash >> 32n), Number(hash & 0xffffffffn)];
}
