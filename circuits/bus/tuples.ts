/**
 * What circuits and L1 send each other on the bus (docs/proving-evm.md, section 4). This file is the only
 * place that says which types there are: the circuits' text, the evaluator, the terms that L1 adds
 * (`builder/proving/bus/terms.ts`, `contracts/proofs/bus/Terms.sol`) and the table in `circuits/README.md`
 * follow it.
 *
 * A tuple (e_0, …, e_m) of a type is compressed to e_0 + tag·β + Σ_{i≥1} e_i·β^(i+1). Every field is an
 * element of its own: nothing is packed, so no field can flow into its neighbour.
 */

/** Range of a field: below 2^bits, or any element of the scalar field. */
export type Range = number | "element";

export interface TupleType {
  readonly tag: number;
  /** Name and range of each element, e_0 first. */
  readonly fields: Readonly<Record<string, Range>>;
  /** What is true of a tuple that is on the bus. */
  readonly claim: string;
  readonly sender: string;
  readonly receiver: string;
  /**
   * - `once`: each side adds ±1 by a constrained flag: as often as it is sent, it is received;
   * - `free`: the sender proves the tuple true by itself, and sends it as often as it is received.
   */
  readonly multiplicity: "once" | "free";
}

/** Halves of 128 bits, the lower one first, since e_0 is the element that costs nothing. */
const HALF = 128;
/** Steps of an operation and everything that is counted in them. */
export const TIME_BITS = 32;
/** Frames of a statement. */
export const CONTEXT_BITS = 24;
/** A place in a code: 24,576 bytes, and the immediate that reaches behind the end. */
export const PLACE_BITS = 24;
/** Words of memory: 2^24 of them cost more gas than there is (2^39). */
export const MEMORY_BITS = 24;

const WORD = { lo: HALF, index: 32, hi: HALF } as const satisfies Record<string, Range>;

export const TUPLES = {
  // ------------------------------------------------------------------------------------------ from L1
  word: {
    tag: 1,
    fields: WORD,
    claim: "word `index` of the statement is hi·2^128 + lo",
    sender: "L1, each word once",
    receiver: "border rows",
    multiplicity: "once",
  },
  /** On no bus: the factor that stands for a code in the product of its slot. */
  codeHead: {
    tag: 2,
    fields: { lo: HALF, slot: 8, hi: HALF },
    claim: "the code in `slot` has this hash",
    sender: "L1, by opening the slot's product",
    receiver: "`codeHead`, in its product",
    multiplicity: "once",
  },
  transaction: {
    tag: 3,
    fields: { lo: HALF, action: 32, field: 8, hi: HALF },
    claim: "field `field` of the transaction that is the data of action number `action` is hi·2^128 + lo",
    sender: "L1, each field of each L2TX once",
    receiver: "border rows",
    multiplicity: "once",
  },
  transactionData: {
    tag: 4,
    fields: { lo: HALF, action: 32, index: 32, hi: HALF },
    claim: "word `index` of that transaction's calldata, padded right with zeros",
    sender: "L1, each word once",
    receiver: "border rows",
    multiplicity: "once",
  },
  keccak: {
    tag: 5,
    fields: {
      lo: HALF,
      number: 32,
      length: 32,
      hi: HALF,
      firstLo: HALF,
      firstHi: HALF,
      secondLo: HALF,
      secondHi: HALF,
    },
    claim:
      "keccak256 of preimage `number`, which has `length` bytes; its first two words, padded right with zeros",
    sender: "L1, once for each preimage that it was told",
    receiver: "keccak rows",
    multiplicity: "once",
  },
  preimage: {
    tag: 6,
    fields: { firstLo: HALF, number: 32, index: 32, firstHi: HALF, secondLo: HALF, secondHi: HALF },
    claim:
      "words 2·`index` and 2·`index` + 1 of preimage `number`, padded right with zeros; `index` is not 0",
    sender: "L1, each pair of words once",
    receiver: "keccak rows",
    multiplicity: "once",
  },
  precompiled: {
    tag: 7,
    fields: { price: 64, number: 16, address: 16, success: 1, inputLength: 32, outputLength: 32 },
    claim: "what the precompile at `address` makes of input `number`, and what that costs",
    sender: "L1, once for each input that it was told",
    receiver: "precompile rows",
    multiplicity: "once",
  },
  precompiledWord: {
    tag: 8,
    fields: { lo: HALF, number: 16, side: 1, index: 32, hi: HALF },
    claim: "word `index` of its input (side 0) or output (side 1), padded right with zeros",
    sender: "L1, each word once",
    receiver: "precompile rows",
    multiplicity: "once",
  },

  proxy: {
    tag: 11,
    fields: { address: 160, original: 160, chain: 64, hashLo: HALF, hashHi: HALF },
    claim:
      "on this rollup the proxy of `original` on `chain` has this address, and this code hash once created",
    sender: "L1, once for the sender of each CALL that comes in",
    receiver: "`callIn`",
    multiplicity: "once",
  },

  // ------------------------------------------------------------------------------------------- tables
  range: {
    tag: 16,
    fields: { value: 12 },
    claim: "value < 2^12",
    sender: "the range table of any proof",
    receiver: "every row with a range to prove",
    multiplicity: "free",
  },
  and: {
    tag: 17,
    fields: { result: 6, one: 6, other: 6 },
    claim: "result = one & other, all below 2^6",
    sender: "the AND table of any proof",
    receiver: "`bitwise`",
    multiplicity: "free",
  },
  power: {
    tag: 18,
    fields: { lo: HALF, exponent: 8, hi: HALF },
    claim: "hi·2^128 + lo = 2^exponent",
    sender: "the table of powers of any proof",
    receiver: "`cut`",
    multiplicity: "free",
  },
  opcode: {
    tag: 19,
    fields: { gas: 16, class: 8, parameter: 8, pops: 5, pushes: 5, writes: 1 },
    claim:
      "instructions of this class and parameter (circuits/evm/opcodes.ts) cost at least `gas`, need `pops` words " +
      "on the stack and leave `pushes` instead; `writes`: static frames halt there",
    sender: "the table of opcodes of any proof",
    receiver: "the rows of halts",
    multiplicity: "free",
  },

  cut: {
    tag: 20,
    fields: { half: "element", exponent: 8, top: HALF, rest: HALF, raised: HALF },
    claim:
      "half = top·2^exponent + rest with rest < 2^exponent and exponent at most 128, among integers; " +
      "raised = rest·2^(128 - exponent)",
    sender: "`cut`",
    receiver: "what shifts, and what begins or ends within a word of memory or calldata",
    multiplicity: "free",
  },

  // --------------------------------------------------------------------------------------------- code
  code: {
    tag: 24,
    fields: { row: 192, slot: 8 },
    claim: "`row` (docs/proving-evm.md, section 5) is a row of the code in `slot`",
    sender: "`codeRow`, whose factor is in the slot's product",
    receiver: "every step",
    multiplicity: "free",
  },
  slot: {
    tag: 25,
    fields: { lo: HALF, slot: 8, hi: HALF },
    claim: "the code in `slot` has the hash hi·2^128 + lo",
    sender: "`codeHead`",
    receiver: "what begins a frame",
    multiplicity: "free",
  },

  // ------------------------------------------------------------------------------------------ machine
  state: {
    tag: 32,
    fields: { gas: "element", context: CONTEXT_BITS, time: TIME_BITS, sp: 11, pc: PLACE_BITS, slot: 8 },
    claim:
      "the machine is there: `sp` words on the stack, next is the instruction at `pc`; `gas` is what is left, " +
      "an integer that falls below 0 only if the frame never ends (what ends it proves the rest)",
    sender: "what begins a frame, then each step",
    receiver: "the next step, at last what ends the frame",
    multiplicity: "once",
  },
  stack: {
    tag: 33,
    fields: { lo: HALF, context: CONTEXT_BITS, time: TIME_BITS, position: 11, hi: HALF },
    claim: "at `time` this word was put at `position`, and has been there since",
    sender: "what pushes",
    receiver: "what pops, or discards when the frame has ended",
    multiplicity: "once",
  },
  memory: {
    tag: 34,
    fields: { lo: HALF, context: CONTEXT_BITS, time: TIME_BITS, index: MEMORY_BITS, hi: HALF },
    claim: "at `time` word `index` of memory became this, and has been so since",
    sender: "`freshMemory` (zero), then each access",
    receiver: "the next access, or what discards it when the frame has ended",
    multiplicity: "once",
  },
  memorySize: {
    tag: 35,
    fields: { words: 32, context: CONTEXT_BITS, time: TIME_BITS, quotient: 40 },
    claim: "since `time` the memory has `words` words; quotient = ⌊words²/512⌋",
    sender: "what begins a frame, then each access",
    receiver: "the next access, or `end`",
    multiplicity: "once",
  },
  freshMemory: {
    tag: 36,
    fields: { index: 32, context: CONTEXT_BITS },
    claim: "no word from `index` on was handed out yet",
    sender: "what begins a frame (0), then `freshMemory`",
    receiver: "`freshMemory`, or `end`",
    multiplicity: "once",
  },
  closed: {
    tag: 37,
    fields: { context: CONTEXT_BITS },
    claim: "the frame has ended",
    sender: "`end`",
    receiver: "what discards what the frame leaves behind",
    multiplicity: "free",
  },
  attribute: {
    tag: 38,
    fields: { lo: HALF, context: CONTEXT_BITS, kind: 8, hi: HALF },
    claim: "attribute `kind` (circuits/evm/attributes.ts) of the frame is hi·2^128 + lo",
    sender: "what begins the frame, and no other row: contexts are numbered",
    receiver: "any step of the frame",
    multiplicity: "free",
  },
  calldata: {
    tag: 39,
    fields: { lo: HALF, context: CONTEXT_BITS, index: 32, hi: HALF },
    claim: "word `index` of the frame's calldata, padded right with zeros; the word behind the last is 0",
    sender: "what begins the frame",
    receiver: "any step of the frame",
    multiplicity: "free",
  },
  returned: {
    tag: 40,
    fields: { lo: HALF, context: CONTEXT_BITS, index: 32, hi: HALF },
    claim: "word `index` of what the frame returned, padded right with zeros",
    sender: "`returnWord`, `returnLastWord`, `returnAcross`",
    receiver: "the border row of the RESULT",
    multiplicity: "once",
  },
  ended: {
    tag: 41,
    fields: { gas: 40, context: CONTEXT_BITS, time: TIME_BITS, succeeded: 1, length: 32 },
    claim: "the frame ended at `time` with `gas` left, and returned `length` bytes",
    sender: "`end`",
    receiver: "the border row of the RESULT",
    multiplicity: "once",
  },
  refund: {
    tag: 42,
    fields: { value: 40, time: TIME_BITS },
    claim: "since `time` the transaction's refund counter is `value`",
    sender: "what begins a transaction, then each SSTORE",
    receiver: "the next SSTORE, or what ends the transaction",
    multiplicity: "once",
  },
  storage: {
    tag: 43,
    fields: {
      lo: HALF,
      warm: 1,
      time: TIME_BITS,
      hi: HALF,
      address: 160,
      slotLo: HALF,
      slotHi: HALF,
      originalLo: HALF,
      originalHi: HALF,
    },
    claim: "since `time` the slot holds this word; `original` is what it held when the transaction began",
    sender: "`storageLeaf` (time 0, what the state has), then each access",
    receiver: "the next access, at last `storageLeaf`",
    multiplicity: "once",
  },
  account: {
    tag: 44,
    fields: {
      balance: HALF,
      warm: 1,
      time: TIME_BITS,
      nonce: 64,
      address: 160,
      hashLo: HALF,
      hashHi: HALF,
    },
    claim:
      "since `time` the account is this; nonce 0, balance 0 and the hash of no code: there is none (EIP-161)",
    sender: "`accountLeaf` (time 0, what the state has), then each access",
    receiver: "the next access, at last `accountLeaf`",
    multiplicity: "once",
  },
  leaving: {
    tag: 45,
    fields: { gas: "element", context: CONTEXT_BITS, time: TIME_BITS, succeeded: 1, length: 32 },
    claim: "at `time` the frame executed its last instruction; `gas` as in `state`, 0 if it halted",
    sender: "STOP, RETURN, REVERT and the rows of halts",
    receiver: "`end`",
    multiplicity: "once",
  },
  returning: {
    tag: 46,
    fields: { left: 32, context: CONTEXT_BITS, index: 32, memory: MEMORY_BITS },
    claim:
      "`left` bytes (not 0) are still to be returned, from word `memory` of memory on, as words from `index` on",
    sender: "RETURN and REVERT, then `returnWord`",
    receiver: "`returnWord` or `returnLastWord`",
    multiplicity: "once",
  },
  undoings: {
    tag: 48,
    fields: { count: 32, context: CONTEXT_BITS },
    claim: "`count` of the frame's entries in tables have an entry so far that undoes them",
    sender: "what begins a frame (0), then each such entry",
    receiver: "the next such entry, at last `end`",
    multiplicity: "once",
  },

  returningAcross: {
    tag: 47,
    fields: {
      left: 32,
      context: CONTEXT_BITS,
      index: 32,
      memory: MEMORY_BITS,
      within: 5,
      time: TIME_BITS,
    },
    claim:
      "as `returning`, but from byte `within` (not 0) of word `memory` on; `time` is that of the frame's " +
      "last instruction",
    sender: "RETURN and REVERT, then `returnAcross`",
    receiver: "`returnAcross`",
    multiplicity: "once",
  },

  // -------------------------------------------------------------------------------------------- state
  value: {
    tag: 56,
    fields: { after: "element", key: 248, before: "element" },
    claim: "the state has `before` at `key` before the visit, and `after` after it; 0: no leaf",
    sender: "`leaf`, `newLeaf`, `absent`",
    receiver: "`accountLeaf`, `storageLeaf`, `blockLeaf`",
    multiplicity: "once",
  },
  node: {
    tag: 57,
    fields: { after: "element", level: 6, index: 32, before: "element" },
    claim: "the node at (level, index) is `before` in the tree before the visit, `after` in the tree after",
    sender: "`leaf`, `newLeaf`, `node`",
    receiver: "`node` (its parent), at last the root",
    multiplicity: "once",
  },
  gap: {
    tag: 58,
    fields: { key: 248, end: 248, next: 248 },
    claim:
      "between two leaves of the tree before, all keys up to `key` are settled; `end` is the next leaf there, " +
      "and `next` is the next leaf in the tree after",
    sender: "`leaf`, then `newLeaf` and `absent` in ascending keys",
    receiver: "the next of them, at last `leaf`",
    multiplicity: "once",
  },
  insertion: {
    tag: 59,
    fields: { key: 248, size: 33 },
    claim: "the tree has `size` leaves, of which that of `key` was added last in this transaction",
    sender: "the border (0, size before), then `newLeaf`",
    receiver: "the next `newLeaf`, at last the border",
    multiplicity: "once",
  },

  // ------------------------------------------------------------------------------------------- border
  cursor: {
    tag: 64,
    fields: { index: 32, number: 32, time: TIME_BITS, context: CONTEXT_BITS },
    claim:
      "word `index` of the statement begins action `number` of the visit, an action that comes in; nothing has " +
      "happened from `time` on, and frames from `context` on have not begun",
    sender: "`visit`, then the border row of each RESULT",
    receiver: "the border row of what comes in, at last `visit`",
    multiplicity: "once",
  },
  operation: {
    tag: 65,
    fields: { index: 32, number: 32, context: CONTEXT_BITS, chain: 64, isStatic: 1 },
    claim: "the CALL that frame `context` answers came from `chain`; word `index` begins action `number`",
    sender: "`callIn`",
    receiver: "`resultOut`",
    multiplicity: "once",
  },
  calldataCursor: {
    tag: 66,
    fields: { index: 32, number: 32, context: CONTEXT_BITS },
    claim: "word `index` of the statement is word `number` of the frame's calldata, or stands behind it",
    sender: "`callIn`, then `calldataWord`",
    receiver: "`calldataWord`, at last `callIn`",
    multiplicity: "once",
  },
  resultCursor: {
    tag: 67,
    fields: { index: 32, number: 32, context: CONTEXT_BITS },
    claim: "word `index` of the statement is word `number` of what the frame returned, or stands behind it",
    sender: "`resultOut`, then `resultWord`",
    receiver: "`resultWord`, at last `resultOut`",
    multiplicity: "once",
  },
  rawCursor: {
    tag: 68,
    fields: { index: 32, context: CONTEXT_BITS },
    claim:
      "word `index` of the statement is one of the signed transaction of the frame, or stands behind them",
    sender: "`transactionIn`, then `rawWord`",
    receiver: "`rawWord`, at last `transactionIn`",
    multiplicity: "once",
  },
  transactionCursor: {
    tag: 69,
    fields: { index: 32, action: 32, context: CONTEXT_BITS },
    claim:
      "the frame's calldata is that of the transaction of action `action`; `index` words of it were taken",
    sender: "`transactionIn`, then `transactionWord`",
    receiver: "`transactionWord`, at last `transactionIn`",
    multiplicity: "once",
  },
  payment: {
    tag: 70,
    fields: {
      gasLimit: 64,
      index: 32,
      number: 32,
      context: CONTEXT_BITS,
      time: TIME_BITS,
      signer: 160,
      price: HALF,
      floor: 64,
      valid: 1,
      succeeds: 1,
    },
    claim:
      "frame `context` is that of a transaction; if it is valid, the signer has paid for `gasLimit` gas at " +
      "`price` until `time`, and uses at least `floor` of it; word `index` begins action `number`",
    sender: "`transactionIn`",
    receiver: "`transactionOut`",
    multiplicity: "once",
  },
  droppedCursor: {
    tag: 71,
    fields: { index: 32, context: CONTEXT_BITS },
    claim: "`index` words of what the frame returned were dropped",
    sender: "`transactionOut`, then `droppedWord`",
    receiver: "`droppedWord`, at last `transactionOut`",
    multiplicity: "once",
  },
} as const satisfies Record<string, TupleType>;

export type TupleName = keyof typeof TUPLES;
/** The fields of a type, by name. */
export type FieldsOf<Name extends TupleName, Value> = Readonly<
  Record<keyof (typeof TUPLES)[Name]["fields"], Value>
>;

/** The ranges of a type's elements, e_0 first. */
export function rangesOf(tuple: TupleName): readonly Range[] {
  return Object.values<Range>(TUPLES[tuple].fields);
}
