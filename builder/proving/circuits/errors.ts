import { LockstepError } from "../../protocol/errors.ts";

/** `UNKNOWN_CIRCUIT`: a name that `circuits.json` does not declare. */
export class UnknownCircuitError extends LockstepError {
  constructor(name: string, known: Iterable<string>) {
    super("UNKNOWN_CIRCUIT", `There is no circuit instance "${name}"; there are: ${[...known].join(", ")}.`);
  }
}

/** `CIRCUIT_DECLARATION`: `circuits.json`, or a file it names, is missing or malformed. */
export class CircuitDeclarationError extends LockstepError {
  constructor(message: string, options?: { cause?: unknown }) {
    super("CIRCUIT_DECLARATION", message, options);
  }
}

/** `CIRCUIT_COMPILATION`: circom refused a circuit. The message holds what it said. */
export class CircuitCompilationError extends LockstepError {
  constructor(instance: string, output: string, options?: { cause?: unknown }) {
    super("CIRCUIT_COMPILATION", `circom could not compile "${instance}":\n${output.trim()}`, options);
  }
}

/** `CEREMONY_KEY_MISSING`: a folder of ceremony keys has none for a circuit that is needed. */
export class MissingCeremonyKeyError extends LockstepError {
  constructor(instance: string, path: string, options?: { cause?: unknown }) {
    super(
      "CEREMONY_KEY_MISSING",
      `There is no ceremony key for "${instance}": ${path} cannot be read`,
      options,
    );
  }
}

/** `WRONG_KEY`: the proving key of a circuit is not the one of its verification key or of its constraints. */
export class WrongKeyError extends LockstepError {
  constructor(circuit: string, difference: string) {
    super("WRONG_KEY", `The proving key given for "${circuit}" is another circuit's: ${difference}`);
  }
}
