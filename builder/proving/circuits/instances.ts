import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { CircuitDeclarationError, UnknownCircuitError } from "./errors.ts";

/** One circuit: a template with its parameters. */
export interface CircuitInstance {
  readonly name: string;
  /** Relative to the folder of `circuits.json`. */
  readonly file: string;
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
const declarations = z.record(
  // Names become folder names, and a dash ends the name in them.
  z.string().regex(/^[a-z][a-z0-9_]*$/),
  z.strictObject({
    file: z.string().regex(/^[\w./-]+\.circom$/),
    template: identifier,
    params: z.array(z.int().nonnegative()),
    public: z.array(identifier).min(1),
    committed: z.array(identifier).min(1).exactOptional(),
  }),
);

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
  return names.map((name) => {
    const found = Object.hasOwn(all, name) ? all[name] : undefined;
    if (found === undefined) throw new UnknownCircuitError(name, Object.keys(all));
    return { name, ...found };
  });
}
