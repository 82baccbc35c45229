import { access, constants } from "node:fs/promises";
import { basename } from "node:path";
import { InvalidConfigurationError } from "../../../node/errors.ts";
import { step } from "../../../node/progress.mjs";
import { loadArtefacts } from "../../../proving/circuits/load.ts";
import type { CircuitOptions } from "./circuit-option.ts";

/** The constraints of the circuit that was asked for. */
export interface NamedConstraints {
  /** Name of the instance, or what the file is called. */
  readonly name: string;
  /** Path of the `.r1cs` file. */
  readonly r1cs: string;
  /** How many wires behind the public ones it commits to. */
  readonly committed: number;
}

/**
 * @throws `INVALID_CONFIGURATION` unless exactly one circuit is named, and can be read; see
 * {@link loadArtefacts}.
 */
export async function findConstraints({
  circuit,
  r1cs,
  committed,
}: CircuitOptions): Promise<NamedConstraints> {
  if ((circuit === undefined) === (r1cs === undefined))
    throw new InvalidConfigurationError(["name either --circuit or --r1cs"]);
  if (circuit !== undefined && committed !== undefined)
    throw new InvalidConfigurationError(["--committed goes with --r1cs: an instance says it by itself"]);
  if (r1cs !== undefined) {
    await access(r1cs, constants.R_OK).catch(() => {
      throw new InvalidConfigurationError([`the constraints, ${r1cs}, cannot be read`]);
    });
    return { name: basename(r1cs, ".r1cs"), r1cs, committed: committed ?? 0 };
  }
  const name = circuit ?? "";
  const artefacts = (await step(`compiling ${name}`, () => loadArtefacts([name]))).get(name);
  if (artefacts === undefined) throw new RangeError(`no artefacts of ${name}`);
  return { name, r1cs: artefacts.r1cs, committed: artefacts.commitment?.wires ?? 0 };
}
