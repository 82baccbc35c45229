import { HALF_MAX, type Halves, wholeOf } from "../../bus/halves.ts";
import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";
import { type TransactionField, TRANSACTION_FIELDS } from "../../bus/transaction-fields.ts";

/** Fields that are below 2^128 in every transaction, and their bounds: types and gas that L1 computes. */
const SMALL = {
  type: 1n << 8n,
  nonce: 1n << 64n,
  gasLimit: 1n << 64n,
  isCreation: 2n,
  dataLength: 1n << 32n,
  intrinsicGas: 1n << 64n,
  floorGas: 1n << 64n,
  accessAddresses: 1n << 32n,
  accessSlots: 1n << 32n,
} as const;

export type SignedTransaction = Readonly<Record<keyof typeof SMALL, Linear>> &
  Readonly<Record<"to" | "signer", Halves & { readonly whole: Linear }>> &
  Readonly<Record<"maxFeePerGas" | "maxPriorityFeePerGas" | "value", Halves>>;

/** What L1 says of a transaction whose form is valid. Without it all is 0. */
export function receiveFields(r: RowBuilder, action: Linear, where: Linear): SignedTransaction {
  const receive = (name: TransactionField, { lo, hi }: { lo: Linear; hi: Term }): void => {
    r.receive("transaction", { lo, hi, action, field: TRANSACTION_FIELDS[name] }, where);
  };
  const small = (name: keyof typeof SMALL): Linear => {
    const lo = r.given(name);
    receive(name, { lo, hi: 0 });
    r.equal(lo, 0, "nothing is said of what has no valid form", r.on.minus(where));
    r.bounded(lo, SMALL[name] - 1n, "L1 says so, or it is 0");
    return lo;
  };
  const word = (name: "to" | "signer" | "maxFeePerGas" | "maxPriorityFeePerGas" | "value"): Halves => {
    const halves = { lo: r.given(`${name} lo`), hi: r.given(`${name} hi`) };
    receive(name, halves);
    for (const half of [halves.lo, halves.hi]) {
      r.equal(half, 0, "nothing is said of what has no valid form", r.on.minus(where));
      r.bounded(half, HALF_MAX, "L1 says so, or it is 0");
    }
    return halves;
  };
  const address = (name: "to" | "signer"): Halves & { whole: Linear } => {
    const halves = word(name);
    const whole = wholeOf(halves);
    r.bounded(whole, (1n << 160n) - 1n, "L1's addresses are");
    return { ...halves, whole };
  };
  return {
    type: small("type"),
    nonce: small("nonce"),
    maxFeePerGas: word("maxFeePerGas"),
    maxPriorityFeePerGas: word("maxPriorityFeePerGas"),
    gasLimit: small("gasLimit"),
    isCreation: small("isCreation"),
    to: address("to"),
    value: word("value"),
    dataLength: small("dataLength"),
    intrinsicGas: small("intrinsicGas"),
    floorGas: small("floorGas"),
    signer: address("signer"),
    accessAddresses: small("accessAddresses"),
    accessSlots: small("accessSlots"),
  };
}
