import { type Address, encodeErrorResult, type Hex } from "viem";

/** The one contract of a ledger rollup: "Ledger" in ASCII. */
export const LEDGER: Address = "0x00000000000000000000000000004c6564676572";

/**
 * ABI of the ledger, for viem and ethers. `chain` is Lockstep's numbering (0 is L1). Any function may carry
 * value, which is credited to the caller first; plain value (empty calldata) is a deposit.
 */
export const ledgerAbi = [
  { type: "receive", stateMutability: "payable" },
  {
    type: "function",
    name: "transfer",
    stateMutability: "payable",
    inputs: [
      { name: "chain", type: "uint256" },
      { name: "to", type: "address" },
      { name: "amount", type: "uint256" },
    ],
    outputs: [{ name: "", type: "bool" }],
  },
  {
    type: "function",
    name: "balanceOf",
    stateMutability: "view",
    inputs: [
      { name: "chain", type: "uint256" },
      { name: "who", type: "address" },
    ],
    outputs: [{ name: "", type: "uint256" }],
  },
  {
    type: "function",
    name: "send",
    stateMutability: "payable",
    inputs: [
      { name: "chain", type: "uint256" },
      { name: "to", type: "address" },
      { name: "amount", type: "uint256" },
      { name: "data", type: "bytes" },
    ],
    outputs: [{ name: "", type: "bytes" }],
  },
  { type: "error", name: "InvalidCalldata", inputs: [] },
  { type: "error", name: "StaticCallViolation", inputs: [] },
  {
    type: "error",
    name: "InsufficientBalance",
    inputs: [
      { name: "available", type: "uint256" },
      { name: "amount", type: "uint256" },
    ],
  },
] as const;

/** Revert data of calldata that is no call of the ledger. */
export const INVALID_CALLDATA: Hex = encodeErrorResult({ abi: ledgerAbi, errorName: "InvalidCalldata" });
/** Revert data of a transfer or send inside a static call. */
export const STATIC_CALL_VIOLATION: Hex = encodeErrorResult({
  abi: ledgerAbi,
  errorName: "StaticCallViolation",
});

/** Revert data of spending more than the account holds, its credit included. */
export function insufficientBalance(available: bigint, amount: bigint): Hex {
  return encodeErrorResult({ abi: ledgerAbi, errorName: "InsufficientBalance", args: [available, amount] });
}
