import { bytesToBigInt, bytesToHex, type Hex, toFunctionSelector } from "viem";
import { type ChainId, chainId } from "../../protocol/ids.ts";
import { ledgerAbi } from "./abi.ts";

/**
 * A call of the ledger as parsed; `malformed` are all calldata that are no call of it. `amount` is a full
 * uint256.
 */
export type LedgerCall =
  | { readonly type: "receive" }
  | { readonly type: "transfer"; readonly chain: ChainId; readonly to: bigint; readonly amount: bigint }
  | { readonly type: "balanceOf"; readonly chain: ChainId; readonly who: bigint }
  | {
      readonly type: "send";
      readonly chain: ChainId;
      readonly to: bigint;
      readonly amount: bigint;
      readonly payload: Hex;
    }
  | { readonly type: "malformed" };

const MALFORMED: LedgerCall = { type: "malformed" };
const SELECTOR_BYTES = 4;
const WORD_BYTES = 32;
/** Of `send`: where its payload's length stands, counted from the first argument. */
const SEND_PAYLOAD_OFFSET = 128n;
const SEND_PAYLOAD_AT = SELECTOR_BYTES + 5 * WORD_BYTES;

const [, transferAbi, balanceOfAbi, sendAbi] = ledgerAbi;
const FUNCTION_OF_SELECTOR: ReadonlyMap<Hex, "transfer" | "balanceOf" | "send"> = new Map([
  [toFunctionSelector(transferAbi), transferAbi.name],
  [toFunctionSelector(balanceOfAbi), balanceOfAbi.name],
  [toFunctionSelector(sendAbi), sendAbi.name],
]);

/** Which function the first four bytes select, if any. */
export function selectedFunction(calldata: Uint8Array): "transfer" | "balanceOf" | "send" | undefined {
  if (calldata.length < SELECTOR_BYTES) return undefined;
  return FUNCTION_OF_SELECTOR.get(bytesToHex(calldata.subarray(0, SELECTOR_BYTES)));
}

/**
 * Parses calldata as strictly as the circuit does (docs/spec.md section 5, "Well-formed"): exact length,
 * clean upper bits, one place for the payload. The padding after a payload is not looked at.
 *
 * @param self the ledger's own id, to which it cannot send.
 */
export function parseCalldata(calldata: Uint8Array, self: ChainId): LedgerCall {
  if (calldata.length === 0) return { type: "receive" };
  switch (selectedFunction(calldata)) {
    case "transfer":
      return parseTransfer(calldata);
    case "balanceOf":
      return parseBalanceOf(calldata);
    case "send":
      return parseSend(calldata, self);
    case undefined:
      return MALFORMED;
  }
}

function parseTransfer(calldata: Uint8Array): LedgerCall {
  if (calldata.length !== SELECTOR_BYTES + 3 * WORD_BYTES) return MALFORMED;
  const account = parseAccount(calldata);
  if (account === undefined) return MALFORMED;
  return { type: "transfer", chain: account.chain, to: account.address, amount: argument(calldata, 2) };
}

function parseBalanceOf(calldata: Uint8Array): LedgerCall {
  if (calldata.length !== SELECTOR_BYTES + 2 * WORD_BYTES) return MALFORMED;
  const account = parseAccount(calldata);
  if (account === undefined) return MALFORMED;
  return { type: "balanceOf", chain: account.chain, who: account.address };
}

function parseSend(calldata: Uint8Array, self: ChainId): LedgerCall {
  if (calldata.length < SEND_PAYLOAD_AT) return MALFORMED;
  const account = parseAccount(calldata);
  if (account === undefined || account.chain === self) return MALFORMED;
  if (argument(calldata, 3) !== SEND_PAYLOAD_OFFSET) return MALFORMED;
  const length = argument(calldata, 4);
  if (length >= 1n << 32n) return MALFORMED;
  const payloadBytes = Number(length);
  if (calldata.length !== SEND_PAYLOAD_AT + Math.ceil(payloadBytes / WORD_BYTES) * WORD_BYTES)
    return MALFORMED;
  const payload = bytesToHex(calldata.subarray(SEND_PAYLOAD_AT, SEND_PAYLOAD_AT + payloadBytes));
  return { type: "send", chain: account.chain, to: account.address, amount: argument(calldata, 2), payload };
}

/**
 * The first two arguments of every function, a chain and an address on it, or undefined if their upper bits
 * are dirty.
 */
function parseAccount(calldata: Uint8Array): { chain: ChainId; address: bigint } | undefined {
  const chain = argument(calldata, 0);
  const address = argument(calldata, 1);
  if (chain >= 1n << 64n || address >= 1n << 160n) return undefined;
  return { chain: chainId(chain), address };
}

/** The n-th 32-byte word after the selector. */
function argument(calldata: Uint8Array, n: number): bigint {
  const at = SELECTOR_BYTES + n * WORD_BYTES;
  return bytesToBigInt(calldata.subarray(at, at + WORD_BYTES));
}
