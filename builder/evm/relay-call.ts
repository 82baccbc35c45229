import { lowerCase } from "../protocol/address.ts";
import {
  type Address,
  decodeAbiParameters,
  encodeFunctionData,
  getAbiItem,
  type Hex,
  slice,
  toFunctionSelector,
} from "viem";
import { rollupsAbi } from "../protocol/abi.ts";
import { type ChainId, chainId } from "../protocol/ids.ts";

const RELAY = getAbiItem({ abi: rollupsAbi, name: "relay" });
const RELAY_SELECTOR = toFunctionSelector(RELAY);

/**
 * What a proxy asks its manager for: a call by `sender` to `target` on another chain. Addresses in lower
 * case.
 */
export interface RelayCall {
  readonly chain: ChainId;
  readonly target: Address;
  readonly sender: Address;
  readonly data: Hex;
}

/**
 * Calldata of `relay` in the one form that proxies give it (docs/spec.md section 7); nothing if it is another
 * function's, or of another form, so that the manager's code will answer it.
 */
export function decodeRelay(data: Hex): RelayCall | undefined {
  if (!data.startsWith(RELAY_SELECTOR)) return undefined;
  try {
    const args = decodeAbiParameters(RELAY.inputs, slice(data, 4));
    const [chain, original, sender, payload] = args;
    // Decoders are lenient, each in its own way: dirty bits, offsets that lead elsewhere, what comes after.
    if (encodeFunctionData({ abi: [RELAY], args }) !== data.toLowerCase()) return undefined;
    return {
      chain: chainId(chain),
      target: lowerCase(original),
      sender: lowerCase(sender),
      data: payload,
    };
  } catch {
    return undefined;
  }
}
