import * as fs from "node:fs";
import { createRequire } from "node:module";
import { stripVTControlCharacters } from "node:util";
import { bindings, CircomRunner } from "circom2";

/** One run of the compiler, for a worker thread. Paths are absolute. */
export interface CompileTask {
  readonly main: string;
  readonly library: string;
  readonly output: string;
  readonly options: readonly string[];
}

export interface CompileResult {
  readonly succeeded: boolean;
  /** What circom wrote. */
  readonly output: string;
}

const STANDARD_ERROR = 2;

export default async function compile(task: CompileTask): Promise<CompileResult> {
  const written: Buffer[] = [];
  const runner = new CircomRunner({
    args: [task.main, ...task.options, "-l", task.library, "-o", task.output],
    env: {},
    // The compiler's file system is the machine's: includes may lead anywhere.
    preopens: { "/": "/" },
    bindings: { ...bindings, fs: capturing(written) },
  });
  const compiler = fs.readFileSync(createRequire(import.meta.url).resolve("circom2/circom.wasm"));
  const failure = await runner.execute(compiler).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  const output = stripVTControlCharacters(Buffer.concat(written).toString("utf8"));
  if (failure === undefined) return { succeeded: true, output };
  // Without output, it did not refuse the circuit but died.
  return { succeeded: false, output: output || failure };
}

/** Node's file system, but what is written to standard output and error goes to `written`. */
function capturing(written: Buffer[]): object {
  const real: (...parameters: [number, Uint8Array, number?, number?, number?]) => number = fs.writeSync;
  const writeSync = (
    descriptor: number,
    bytes: Uint8Array,
    offset = 0,
    length = bytes.length - offset,
    position?: number,
  ): number => {
    if (descriptor > STANDARD_ERROR) return real(descriptor, bytes, offset, length, position);
    written.push(Buffer.from(bytes.slice(offset, offset + length)));
    return length;
  };
  return { ...fs, writeSync };
}
