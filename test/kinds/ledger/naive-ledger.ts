import {
  decodeFunctionData,
  encodeAbiParameters,
  encodeErrorResult,
  encodeFunctionData,
  type Hex,
  size,
  toHex,
} from "viem";
import { type Action, ActionKind } from "../../../builder/protocol/action.ts";
import { LEDGER, ledgerAbi } from "../../../builder/kinds/ledger/abi.ts";
import { naiveUpsert } from "../../state/naive-tree.ts";

/** What the model answers an action with: the fields of the next action that the ledger chooses. */
export type Answer =
  | { readonly type: "result"; readonly failed: boolean; readonly data: Hex }
  | {
      readonly type: "call";
      readonly to: bigint;
      readonly target: bigint;
      readonly value: bigint;
      readonly gas: number;
      readonly data: Hex;
    };

type Accounts = Map<bigint, bigint>;
const ONE_NONCE = 2n ** 128n;

/**
 * The ledger of docs/spec.md section 5 as one map of account values, written from the specification alone: it
 * parses with viem's decoder (strictness by encoding again), copies the whole map for each operation that may
 * have to be undone, and sums no hashes. The map's insertion order is the order of places in the tree.
 */
export class NaiveLedger {
  accounts: Accounts = new Map([[0n, 0n]]);
  readonly #self: bigint;
  /** The map before each operation that waits for its outgoing call. */
  readonly #waiting: Accounts[] = [];

  constructor(self: bigint) {
    this.#self = self;
  }

  balance(chain: bigint, address: bigint): bigint {
    return (this.accounts.get((chain << 160n) | address) ?? 0n) % ONE_NONCE;
  }

  total(): bigint {
    return [...this.accounts.values()].reduce((sum, value) => sum + (value % ONE_NONCE), 0n);
  }

  call(action: Action): Answer {
    if (BigInt(action.target) !== BigInt(LEDGER)) {
      this.#add(this.#self, BigInt(action.target), action.value);
      return { type: "result", failed: false, data: "0x" };
    }
    return this.#perform(action.from, BigInt(action.sender), action, action.data, 0n);
  }

  /** A valid L2TX of `signer` with this calldata. */
  transaction(signer: bigint, action: Action, calldata: Hex): Answer {
    return this.#perform(this.#self, signer, action, calldata, 1n);
  }

  /** The outgoing call of the innermost waiting operation has returned. */
  result(failed: boolean, data: Hex): Answer {
    const before = this.#waiting.pop();
    if (before === undefined) throw new Error("nothing waits");
    if (!failed) return { type: "result", failed, data: encodeAbiParameters([{ type: "bytes" }], [data]) };
    this.accounts = before;
    return { type: "result", failed, data };
  }

  #perform(chain: bigint, address: bigint, action: Action, calldata: Hex, nonces: bigint): Answer {
    const available = this.balance(chain, address) + action.value;
    const write = (spent: bigint): void => {
      this.#add(chain, address, action.value - spent + nonces * ONE_NONCE);
    };
    if (size(calldata) === 0) {
      write(0n);
      return { type: "result", failed: false, data: "0x" };
    }
    const call = decodeStrictly(calldata);
    if (
      call === undefined ||
      call.args[0] >= 2n ** 64n ||
      (call.functionName === "send" && call.args[0] === this.#self)
    )
      return {
        type: "result",
        failed: true,
        data: encodeErrorResult({ abi: ledgerAbi, errorName: "InvalidCalldata" }),
      };
    const other = call.args[0];
    const who = BigInt(call.args[1]);
    if (call.functionName === "balanceOf") {
      write(0n);
      return { type: "result", failed: false, data: toHex(this.balance(other, who), { size: 32 }) };
    }

    const amount = call.args[2];
    if (action.isStatic)
      return {
        type: "result",
        failed: true,
        data: encodeErrorResult({ abi: ledgerAbi, errorName: "StaticCallViolation" }),
      };
    if (amount > available) {
      const args = [available, amount] as const;
      return {
        type: "result",
        failed: true,
        data: encodeErrorResult({ abi: ledgerAbi, errorName: "InsufficientBalance", args }),
      };
    }
    const before = new Map(this.accounts);
    write(amount);
    if (call.functionName === "transfer") {
      this.#add(other, who, amount);
      return { type: "result", failed: false, data: toHex(1n, { size: 32 }) };
    }
    this.#waiting.push(before);
    const gas = action.kind === ActionKind.L2TX ? 1_000_000 : action.gas;
    return { type: "call", to: other, target: who, value: amount, gas, data: call.args[3] };
  }

  #add(chain: bigint, address: bigint, amount: bigint): void {
    const key = (chain << 160n) | address;
    naiveUpsert(this.accounts, key, (this.accounts.get(key) ?? 0n) + amount);
  }
}

/** Decodes calldata that is exactly what encoding gives; a `send`'s padding may be anything. */
function decodeStrictly(calldata: Hex) {
  try {
    const call = decodeFunctionData({ abi: ledgerAbi, data: calldata });
    const canonical = encodeFunctionData({ abi: ledgerAbi, ...call });
    if (call.functionName !== "send") return canonical === calldata ? call : undefined;
    const unpadded = 2 + 2 * (164 + size(call.args[3]));
    const same = calldata.length === canonical.length && calldata.startsWith(canonical.slice(0, unpadded));
    return same ? call : undefined;
  } catch {
    return undefined;
  }
}

/** True when the two say the same. */
export function agrees(answer: Answer, action: Action): boolean {
  if (answer.type === "result")
    return (
      action.kind === ActionKind.RESULT && action.failed === answer.failed && action.data === answer.data
    );
  return (
    action.kind === ActionKind.CALL &&
    action.to === answer.to &&
    BigInt(action.target) === answer.target &&
    BigInt(action.sender) === BigInt(LEDGER) &&
    action.value === answer.value &&
    !action.isStatic &&
    action.gas === answer.gas &&
    action.data === answer.data
  );
}
