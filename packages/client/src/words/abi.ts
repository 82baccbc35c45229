import type { Abi, AbiParameter } from "viem";

/** Solidity's identifiers: letters that are not seen are in none. */
const NAME = /^[A-Za-z_$][A-Za-z0-9_$]{0,255}$/;
/** Types that data is decoded by; lists without elements have no size, and data could claim any number. */
const TYPE =
  /^(address|bool|string|function|tuple|bytes([1-9]|[12]\d|3[0-2])?|u?int(8|16|24|32|40|48|56|64|72|80|88|96|104|112|120|128|136|144|152|160|168|176|184|192|200|208|216|224|232|240|248|256)?)(\[([1-9]\d{0,3})?\]){0,4}$/;
const DEEPEST = 8;
const MOST_PARAMETERS = 256;

/**
 * The entries of an ABI that data can be read by. An artifact may have been written by anything: what no
 * compiler writes is left out, and so are a library's functions of types that calldata has not got.
 */
export function wellFormedAbi(found: unknown): Abi {
  return Array.isArray(found) ? found.filter(isEntry) : [];
}

function isEntry(found: unknown): found is Abi[number] {
  if (!isRecord(found)) return false;
  switch (found.type) {
    case "function":
      return isName(found.name) && areParameters(found.inputs) && areParameters(found.outputs);
    case "error":
    case "event":
      return isName(found.name) && areParameters(found.inputs);
    case "constructor":
      return areParameters(found.inputs);
    case "fallback":
    case "receive":
      return true;
    default:
      return false;
  }
}

function areParameters(found: unknown, depth = 0): found is readonly AbiParameter[] {
  return (
    Array.isArray(found) &&
    found.length <= MOST_PARAMETERS &&
    found.every((each: unknown) => isParameter(each, depth))
  );
}

function isParameter(found: unknown, depth: number): found is AbiParameter {
  if (!isRecord(found) || depth > DEEPEST) return false;
  const { name, type, components } = found;
  if (typeof type !== "string" || !TYPE.test(type)) return false;
  if (name !== undefined && name !== "" && !isName(name)) return false;
  if (!type.startsWith("tuple")) return true;
  return Array.isArray(components) && components.length > 0 && areParameters(components, depth + 1);
}

function isName(found: unknown): found is string {
  return typeof found === "string" && NAME.test(found);
}

function isRecord(found: unknown): found is Readonly<Record<string, unknown>> {
  return typeof found === "object" && found !== null;
}
