import { readFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { pathToFileURL } from "node:url";
import { z } from "zod";
import { RowCircuit } from "../../../circuits/bus/circuit.ts";
import { emitCircuit, HASH_FILE } from "../../../circuits/bus/emit.ts";
import { CircuitDeclarationError, UnknownCircuitError } from "./errors.ts";

/** One circuit: a template with its parameters. */
export interface CircuitInstance {
  readonly name: string;
  /** Relative to the folder of `circuits.json`. */
  readonly file: string;
  /** Content of the file where it is made of rows, and on no disk. */
  readonly text?: string;
  readonly template: string;
  readonly params: readonly number[];
  /** Names of the public signals in their order in a proof: outputs of the template, then public inputs. */
  readonly public: readonly string[];
  /**
   * Names of the template's first private inputs, in their order, whose values a proof commits to before its
   * challenge is drawn (docs/proving-evm.md, section 2).
   */
  readonly committed?: readonly string[];
}

const identifier = z.string().regex(/^[A-Za-z_$][\w$]*$/);
const fromFile = z.strictObject({
  file: z.string().regex(/^[\w./-]+\.circom$/),
  template: identifier,
  params: z.array(z.int().nonnegative()),
  public: z.array(identifier).min(1),
  committed: z.array(identifier).min(1).exactOptional(),
});
/** A module whose `circuit` is a {@link RowCircuit}; of JavaScript in an installed package. */
const fromRows = z.strictObject({ rows: z.string().regex(/^[\w./-]+\.[jt]s$/) });
const declarations = z.record(
  // Names become folder names, and a dash ends the name in them.
  z.string().regex(/^[a-z][a-z0-9_]*$/),
  z.union([fromFile, fromRows]),
);
const rowsModule = z.object({ circuit: z.instanceof(RowCircuit) });

/**
 * The instances that `circuits.json` in the folder declares, those asked for in their order.
 * @throws `UNKNOWN_CIRCUIT`, `CIRCUIT_DECLARATION`.
 */
export async function readInstances(folder: string, names: readonly string[]): Promise<CircuitInstance[]> {
  const path = join(folder, "circuits.json");
  const all = await readFile(path, "utf8")
    .then((text) => declarations.parse(JSON.parse(text)))
    .catch((cause: unknown) => {
      throw new CircuitDeclarationError(`${path} cannot be read`, { cause });
    });
  return await Promise.all(
    names.map(async (name) => {
      const found = Object.hasOwn(all, name) ? all[name] : undefined;
      if (found === undefined) throw new UnknownCircuitError(name, Object.keys(all));
      return "file" in found ? { name, ...found } : await ofRows(name, folder, found.rows);
    }),
  );
}

/**
 * The circuit of rows that a module describes.
 * @param module relative to the folder of `circuits.json`.
 * @throws `CIRCUIT_DECLARATION`.
 */
export async function readRows(folder: string, module: string): Promise<RowCircuit> {
  const path = join(folder, module);
  return await import(pathToFileURL(path).href)
    .then((exported: unknown) => rowsModule.parse(exported).circuit)
    .catch((cause: unknown) => {
      throw new CircuitDeclarationError(`${path} describes no circuit`, { cause });
    });
}

async function ofRows(name: string, folder: string, module: string): Promise<CircuitInstance> {
  const file = join(dirname(module), `${name}.circom`);
  const circuit = await readRows(folder, module);
  const emitted = emitCircuit(circuit, relative(dirname(join(folder, file)), HASH_FILE));
  const { template, text, public: signals, committed } = emitted;
  return { name, file, text, template, params: [], public: signals, committed };
}
