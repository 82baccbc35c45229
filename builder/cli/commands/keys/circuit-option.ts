import { access, constants } from "node:fs/promises";
import { basename } from "node:path";
import { type Command, InvalidArgumentError } from "commander";
import { loadArtefacts } from "../../../proving/circuits/load.ts";
import { InvalidConfigurationError } from "../../../node/errors.ts";
import { step } from "../../../node/progress.mjs";

/** Which circuit a command is about: an instance of `circuits.json`, or a file of constraints. */
export interface CircuitOptions {
  readonly circuit?: string | undefined;
  readonly r1cs?: string | undefined;
  /** With a file of constraints: how many wires behind the public ones are committed to. */
  readonly committed?: number | undefined;
}

/** Which powers of tau are allowed, as options. */
export interface PowersOptions {
  readonly unknownPtau?: boolean;
  readonly rehearsal?: boolean;
}

export function withPowersOptions(command: Command): Command {
  return command
    .option(
      "--unknown-ptau",
      "allow powers of tau that are no known public ceremony's; keys and transcript record it",
    )
    .option(
      "--rehearsal",
      "allow development powers of tau: INSECURE, and the key is refused off local chains",
    );
}

/** The constraints of the circuit that was asked for. */
export interface NamedConstraints {
  /** Name of the instance, or what the file is called. */
  readonly name: string;
  /** Path of the `.r1cs` file. */
  readonly r1cs: string;
  /** How many wires behind the public ones it commits to. */
  readonly committed: number;
}

export function withCircuitOptions(command: Command): Command {
  return command
    .option("--circuit <name>", "instance of circuits/circuits.json; compiled from its sources")
    .option("--r1cs <file>", "constraints of a circuit that is compiled already, in place of --circuit")
    .option(
      "--committed <n>",
      "with --r1cs: how many wires behind the public ones its proofs commit to (default: none)",
      parseCount,
    );
}

function parseCount(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError("a number of wires is expected");
  return Number(text);
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
