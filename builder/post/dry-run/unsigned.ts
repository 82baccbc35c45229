import type { Address, Hex } from "viem";
import { decodeTransaction } from "../../intake/decode.ts";

/** A transaction as the calls of a node take it. */
export interface UnsignedRequest {
  readonly from: Address;
  readonly to?: Hex;
  readonly gas?: Hex;
  readonly nonce?: Hex;
  readonly value?: Hex;
  readonly input?: Hex;
  readonly gasPrice?: Hex;
  readonly maxFeePerGas?: Hex;
  readonly maxPriorityFeePerGas?: Hex;
  readonly accessList?: unknown;
  readonly authorizationList?: unknown;
}

/** What a signed transaction asks for, of the same sender, with the same nonce, fees and gas limit. */
export function unsignedRequest(raw: Hex, l1ChainId: bigint): UnsignedRequest {
  const { tx, sender } = decodeTransaction(raw, l1ChainId);
  const { gasLimit: gas, data: input, v: _v, r: _r, s: _s, ...rest } = tx.toJSON();
  return {
    ...rest,
    from: sender,
    ...(gas === undefined ? {} : { gas }),
    ...(input === undefined ? {} : { input }),
  };
}
