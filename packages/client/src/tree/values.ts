import type { Abi, Hex } from "viem";
import type { ChainNumber } from "../rpc-types.ts";
import { AbiIndex } from "../words/abi-index.ts";
import {
  callInWords as decodedCall,
  errorInWords as decodedError,
  resultInWords,
} from "../words/outcomes.ts";
import { plainText } from "../words/plain-text.ts";
import type { AddressText } from "../words/values.ts";
import type { Knowledge } from "./knowledge.ts";

/** A call in words, with its result. */
export interface CallInWords {
  readonly function: string;
  readonly args: readonly string[];
  /** Undefined: nothing came back, or it is not known how to read it. */
  readonly result: string | undefined;
}

/** What a call asks for and what it gives, as far as some ABI tells. */
export function callInWords(
  { chain, to, input, output }: { chain: ChainNumber; to?: Hex; input: Hex; output?: Hex | undefined },
  knowledge: Knowledge,
): CallInWords | undefined {
  const own = to === undefined ? undefined : knowledge.abiOf(chain, to);
  const indices = [...(own === undefined ? [] : [indexOf(own)]), AbiIndex.of(knowledge.abis)];
  const addressText = addressTextOf(chain, knowledge);
  const call = decodedCall(input, indices, addressText);
  if (call === undefined) return undefined;
  return {
    function: call.name,
    args: call.arguments.map(({ text }) => text),
    result:
      output === undefined || output === "0x" ? undefined : resultInWords(output, call.item, addressText),
  };
}

/** Revert data in words: the error, if some ABI has it. */
export function errorInWords(
  data: Hex | undefined,
  chain: ChainNumber,
  knowledge: Knowledge,
): string | undefined {
  if (data === undefined) return undefined;
  return decodedError(data, AbiIndex.of(knowledge.abis), addressTextOf(chain, knowledge));
}

/** An address by its name. */
export function addressInWords(address: Hex, chain: ChainNumber, knowledge: Knowledge): string {
  const lower: Hex = `0x${address.slice(2).toLowerCase()}`;
  const name = knowledge.nameOf(chain, lower);
  return name === undefined ? `0x${lower.slice(2, 8)}…${lower.slice(-4)}` : plainText(name);
}

function addressTextOf(chain: ChainNumber, knowledge: Knowledge): AddressText {
  return (address) => addressInWords(address, chain, knowledge);
}

/** Of one contract's ABI. */
function indexOf(abi: Abi): AbiIndex {
  const alone = ALONE.get(abi) ?? [abi];
  ALONE.set(abi, alone);
  return AbiIndex.of(alone);
}

const ALONE = new WeakMap<Abi, readonly Abi[]>();
