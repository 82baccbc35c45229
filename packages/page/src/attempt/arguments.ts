import type { AbiParameter } from "viem";

/**
 * Arguments as they are written in a form: a JSON list, numbers as they are or in quotes.
 * @throws what is wrong with them, in words.
 */
export function argumentsFrom(parameters: readonly AbiParameter[], text: string): unknown[] {
  const given = listOf(text.trim());
  if (given.length !== parameters.length)
    throw new Error(`the function takes ${parameters.length} arguments, and ${given.length} are given`);
  return parameters.map((parameter, index) => valueOf(parameter.type, given[index]));
}

function listOf(text: string): readonly unknown[] {
  if (text === "") return [];
  // Integers beyond JavaScript's are kept as they are written.
  const quoted = text.replace(/([[,:]\s*)(-?\d{15,})(?=\s*[\],}])/g, '$1"$2"');
  let parsed: unknown;
  try {
    parsed = JSON.parse(quoted.startsWith("[") ? quoted : `[${quoted}]`);
  } catch {
    throw new Error("the arguments are no JSON list");
  }
  return Array.isArray(parsed) ? parsed : [parsed];
}

function valueOf(type: string, given: unknown): unknown {
  const list = /^(.*)\[\d*\]$/.exec(type);
  if (list !== null) {
    if (!Array.isArray(given)) throw new Error(`${type} is written as a list`);
    const inner: readonly unknown[] = given;
    return inner.map((each) => valueOf(list[1] ?? "", each));
  }
  if (/^u?int/.test(type)) {
    if (typeof given !== "string" && typeof given !== "number")
      throw new Error(`${type} is written as a number`);
    return BigInt(given);
  }
  return given;
}
