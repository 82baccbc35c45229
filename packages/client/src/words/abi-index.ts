import {
  type Abi,
  type AbiEvent,
  type AbiFunction,
  type Hex,
  toEventSelector,
  toFunctionSelector,
} from "viem";
import { formatAbiItem } from "viem/utils";
import { wellFormedAbi } from "./abi.ts";

/** An error of an ABI: viem exports no type for it. */
export type AbiError = Extract<Abi[number], { type: "error" }>;

const INDICES = new WeakMap<readonly Abi[], AbiIndex>();

/** Everything by which data is read, found by what it begins with. */
export class AbiIndex {
  readonly #functions = new Map<string, AbiFunction[]>();
  readonly #errors = new Map<string, AbiError[]>();
  readonly #events = new Map<string, AbiEvent>();

  private constructor(abis: readonly Abi[]) {
    for (const entry of abis.flatMap(wellFormedAbi)) {
      if (entry.type === "function") add(this.#functions, toFunctionSelector(formatAbiItem(entry)), entry);
      if (entry.type === "error") add(this.#errors, toFunctionSelector(formatAbiItem(entry)), entry);
      if (entry.type === "event") {
        const topic = toEventSelector(formatAbiItem(entry));
        if (!this.#events.has(topic)) this.#events.set(topic, entry);
      }
    }
  }

  /** That of these very ABIs, made once. */
  static of(abis: readonly Abi[]): AbiIndex {
    const known = INDICES.get(abis) ?? new AbiIndex(abis);
    INDICES.set(abis, known);
    return known;
  }

  /** Functions that calldata may be for: another ABI may have the same selector with other arguments. */
  functions(data: Hex): readonly AbiFunction[] {
    return this.#functions.get(selectorOf(data)) ?? [];
  }

  errors(data: Hex): readonly AbiError[] {
    return this.#errors.get(selectorOf(data)) ?? [];
  }

  event(topic: string): AbiEvent | undefined {
    return this.#events.get(topic.toLowerCase());
  }
}

function selectorOf(data: Hex): string {
  return data.slice(0, 10).toLowerCase();
}

/** The same entry of many artifacts is kept once. */
function add<Entry extends AbiFunction | AbiError>(
  into: Map<string, Entry[]>,
  selector: string,
  entry: Entry,
): void {
  const others = into.get(selector);
  if (others === undefined) into.set(selector, [entry]);
  else if (others.length < MOST_NAMESAKES && !others.some((each) => isSame(each, entry))) others.push(entry);
}

const MOST_NAMESAKES = 8;

function isSame(one: AbiFunction | AbiError, other: AbiFunction | AbiError): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}
