import type { ErrorDescriptors } from "./descriptor.ts";

/** A transaction is refused, or fails. */
export const TRANSACTION_ERRORS = {
  MALFORMED_TRANSACTION: {
    title: "not a transaction for this chain",
    meaning: "The bytes do not decode, carry blobs, or are signed for another chain id.",
    remedy: "Check the wallet's network. Rollups take no transactions of type 3.",
  },
  INVALID_TRANSACTION: {
    title: "the chain would refuse the transaction",
    meaning: "The transaction breaks a rule of the EVM, for example by too little gas.",
    remedy: "The message names the rule.",
  },
  INVALID_L2_TRANSACTION: {
    title: "the rollup would refuse the transaction",
    meaning:
      "A transaction signed for a rollup would have no effect there: wrong nonce, signature or balance. No proof can exist for it, or (on EVM rollups) only that it fails.",
    remedy: "The message names the reason. Correct it, and sign again.",
  },
  NONCE_TOO_LOW: {
    title: "the nonce is used",
    meaning: "The sender has made, or has waiting, a transaction with this nonce.",
    remedy:
      "Ask for the nonce at `pending`. ethers keeps answers for 250 ms: " +
      "use `new JsonRpcProvider(url, undefined, { cacheTimeout: -1 })` or a `NonceManager`.",
  },
  NONCE_TOO_HIGH: {
    title: "an earlier nonce is missing",
    meaning: "A transaction of the sender with a lower nonce has to come first.",
    remedy: "Send that one first, or ask for the nonce at `pending`.",
  },
  FEE_TOO_LOW: {
    title: "the fee is below the base fee",
    meaning: "The greatest fee per gas is below the base fee of the next block.",
    remedy: "Ask for the fee again, and sign again.",
  },
  ABANDONED: {
    title: "the transaction waited for too long",
    meaning:
      "The builder had accepted it, but the base fee stayed above its greatest fee for as long as " +
      "transactions may wait (`--transaction-lifetime`). It was dropped, and its nonce was not used.",
    remedy: "Ask for the fee again, and sign again.",
  },
  INSUFFICIENT_FUNDS: {
    title: "the sender has too little Ether",
    meaning: "Value and gas may cost more than the sender has.",
    remedy: "Fund the sender, or lower value, gas limit or fee.",
  },
  INSUFFICIENT_GAS: {
    title: "too little gas for cross-chain calls",
    meaning: "The transaction has less gas than its cross-chain calls may need on L1.",
    remedy: "Ask the gateway for `eth_estimateGas`, and use at least that.",
  },
  TRANSACTION_REVERTED: {
    title: "the transaction would revert",
    meaning: "The transaction or call reverts. The error has the revert data.",
    remedy: "Decode the data with the ABI of the contract that was called.",
  },
  EXECUTION_FAILED: {
    title: "the code fails without a revert",
    meaning: "The code runs out of gas, or meets an invalid opcode. There is no data.",
    remedy: "Give more gas, or look at the contract.",
  },
  L2_TRANSACTION_FAILED: {
    title: "the rollup's transaction fails",
    meaning:
      "The rollup answers a signed transaction with a failure. It has no effect and may be sent again.",
    remedy: "Decode the revert data with the contract's ABI.",
  },
  UNKNOWN_ROLLUP: {
    title: "the builder does not run this rollup",
    meaning: "A transaction calls, or a request names, a rollup that this builder does not run.",
    remedy: "Check the rollup's number, or use a builder that runs it.",
  },
  INSUFFICIENT_ROLLUP_BALANCE: {
    title: "the rollup has too little Ether on L1",
    meaning: "A rollup would send more Ether than `Rollups` holds for it.",
    remedy: "Send less, or bridge Ether to the rollup first.",
  },
  NATIVE_TOKEN_ROLLUP: {
    title: "Ether cannot enter this rollup",
    meaning: "The rollup has a native token of its own. Ether crosses its border in neither direction.",
    remedy: "Make the call without value.",
  },
  AMBIGUOUS_EXECUTION: {
    title: "two calls look the same on L1",
    meaning: "Two calls of the transaction are equal for L1, which would take the one for the other.",
    remedy: "Make the calls differ, for example by a counter in their data.",
  },
  STATIC_CALL_TO_SUSPENDED_ROLLUP: {
    title: "a view of a waiting rollup",
    meaning:
      "A static call goes to a rollup that waits for the result of its own call. It cannot prove an answer.",
    remedy: "Read what is needed before the rollup calls out.",
  },
  SUSPENDED_ROLLUP_READ: {
    title: "the root of a waiting rollup is read",
    meaning: "`Rollups.rollupOf` is read of a rollup that waits for the result of its own call.",
    remedy: "Read it before the rollup calls out, or after the visit.",
  },
  CALL_TO_MANAGER: {
    title: "a rollup calls `Rollups`",
    meaning: "A rollup would call the contract `Rollups` itself, where its proxy could speak for others.",
    remedy: "Make that call from a contract on L1.",
  },
  OUTGOING_CALL_TOO_EXPENSIVE: {
    title: "the calls to L1 take too much gas",
    meaning:
      "A rollup's transaction makes calls to L1 that may use more gas together than a batch can bring.",
    remedy:
      "Lower the gas limit of the calls. The callee on L1 gets what is left to the call, at most 8,000,000.",
  },
  UNSUPPORTED_CALL: {
    title: "the rollup takes no unsigned calls",
    meaning: "An `eth_call` or an estimate was asked of a kind of rollup that has no such thing.",
    remedy: "Send a signed transaction.",
  },
  VISIT_TOO_LARGE: {
    title: "a call exceeds the circuit",
    meaning: "No circuit of the kind has room for the visit.",
    remedy: "Send less data, or make fewer nested calls.",
  },
  UNDONE_WHILE_SUSPENDED: {
    title: "a re-entered ledger is undone",
    meaning:
      "A call that re-entered a waiting ledger is undone while the ledger still waits. No circuit proves that.",
    remedy: "Do not catch the revert of such a call, or call the ledger before it waits.",
  },
  BALANCE_OVERFLOW: {
    title: "a ledger's balance would overflow",
    meaning: "A credit would take an account to 2^128 wei or more: more than L1 lets a rollup hold.",
    remedy: "Send less.",
  },
  UNCOMMITTABLE_STATE: {
    title: "a number does not fit the state",
    meaning: "A visit would leave a balance or a nonce that the state's commitment has too few bits for.",
    remedy: "Send less Ether.",
  },
  TREE_FULL: {
    title: "the rollup's state is full",
    meaning: "All places of the rollup's tree are taken. What is there can still be read and changed.",
    remedy: "Use accounts and slots that exist already.",
  },
  TIME_GOES_BACK: {
    title: "the batch is older than the rollup",
    meaning: "The batch's time is before that of the rollup's latest block. No proof can exist for a visit.",
    remedy: "Send it again when L1's time has passed that block.",
  },
  NOT_YET_PROVABLE: {
    title: "no circuit covers it yet",
    meaning:
      "The visit is right, but it does what the circuit has no rows for. The message names the instruction or " +
      "the feature.",
    remedy: "Use a rollup whose visits are not proven, or do without it.",
  },
  FEE_REQUIRED: {
    title: "a transaction for a rollup pays nothing",
    meaning: "The builder was started so that it takes no free transactions (`--free-transactions 0`).",
    remedy: "Offer a priority fee.",
  },
  BUSY: {
    title: "too much waits already",
    meaning:
      "More transactions wait than the builder takes, in all or of this sender. This one was not accepted.",
    remedy: "Send it again after the seconds that the message names.",
  },
  DISK: {
    title: "the builder's disk cannot be written",
    meaning: "A transaction that would not survive the builder is not accepted. Accepted ones wait.",
    remedy: "Make room on the builder's disk, and send it again.",
  },
  REPLACEMENT_UNDERPRICED: {
    title: "another transaction with this nonce waits",
    meaning: "It can be replaced by one that pays a tenth more, in both fees, until it is being proven.",
    remedy: "Pay more, or wait.",
  },
  REORGANISED_TOO_DEEP: {
    title: "L1 took back what was taken for final",
    meaning:
      "L1 replaced the block in which the transaction was posted, though it was deeper than the builder keeps " +
      "transactions for (`reorgDepth`, 64 blocks). It is in no block now, and the builder does not post it again.",
    remedy: "Send it again if it is still wanted. Its nonce was not used.",
  },
  TAKEN_BACK: {
    title: "its block was taken back on purpose",
    meaning:
      "L1, a development node, was taken back to a snapshot by `evm_revert` through a gateway. The transaction " +
      "was posted after that snapshot was made, so it is as if it had never been sent. After a reorganisation " +
      "that comes about otherwise, a builder posts again what is gone.",
    remedy: "Send it again if it is still wanted. Its nonce was not used.",
  },
  REPLACED: {
    title: "another transaction took its place",
    meaning: "Its sender sent another one with the same nonce and higher fees.",
    remedy: "Nothing: the other one goes on.",
  },
} as const satisfies ErrorDescriptors;
