import { FIELD_MODULUS } from "../../../../builder/protocol/ids.ts";

export interface Mutation<Subject> {
  /** Path of the field that was changed. */
  readonly name: string;
  readonly mutant: Subject;
}

/**
 * The subject with one scalar changed, for each scalar in it, however deep: integers by one, booleans over,
 * hex text in its last digit (or a byte longer, if it was empty), `undefined` left alone.
 */
export function* mutations<Subject>(subject: Subject, name = ""): Generator<Mutation<Subject>> {
  for (const { path, value } of changes(subject, [])) {
    const mutant: unknown = replaced(subject, path, value);
    // Only values of the same type were put in.
    yield { name: `${name}${path.join(".")}`, mutant: mutant as Subject };
  }
}

interface Replacement {
  readonly path: readonly string[];
  readonly value: unknown;
}

function* changes(subject: unknown, path: readonly string[]): Generator<Replacement> {
  if (typeof subject === "bigint") yield { path, value: (subject + 1n) % FIELD_MODULUS };
  else if (typeof subject === "number") yield { path, value: subject + 1 };
  else if (typeof subject === "boolean") yield { path, value: !subject };
  else if (typeof subject === "string") yield { path, value: changedText(subject) };
  else if (typeof subject === "object" && subject !== null) {
    for (const [field, part] of Object.entries(subject)) yield* changes(part, [...path, field]);
  }
}

function changedText(text: string): string {
  if (text === "0x") return "0x00";
  return `${text.slice(0, -1)}${text.endsWith("1") ? "2" : "1"}`;
}

function replaced(subject: unknown, [field, ...rest]: readonly string[], value: unknown): unknown {
  if (field === undefined) return value;
  if (Array.isArray(subject))
    return subject.map((part: unknown, at) => (at.toString() === field ? replaced(part, rest, value) : part));
  if (typeof subject !== "object" || subject === null) throw new Error(`no field ${field}`);
  return Object.fromEntries(
    Object.entries(subject).map(([name, part]: [string, unknown]) => [
      name,
      name === field ? replaced(part, rest, value) : part,
    ]),
  );
}
