import { type Command, InvalidArgumentError } from "commander";

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
