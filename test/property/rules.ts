/**
 * Counted, but no run fails for want of it: how often it comes is not known yet, or nothing that is played
 * can reach it.
 */
const UNASKED = Infinity;

/**
 * Rules of docs/spec.md that random programs have to reach, each with how seldom it may be: at least one
 * program in so many reaches it. The numbers are a third of what was counted, or less.
 *
 * No EVM rollup undoes twice back to one call on a path (SPAN of several), and nothing that begins a visit
 * after a call of an operation can be open when the operation undoes that call: contracts take both, and
 * `test/contracts` plays them.
 */
export const RULES = {
  // Section 1: actions
  "1 call from L1": 5,
  "1 call to L1": 6,
  "1 call between rollups": 4,
  "1 L2TX": 3,
  "1 value from L1": 10,
  "1 value to L1": 15,
  "1 value between rollups": 10,
  "1 static call from L1": 12,
  "1 static call to L1": 16,
  "1 static call between rollups": 10,
  "1 failed RESULT to L1": 10,
  "1 failed RESULT of L1's": 15,
  "1 failed RESULT between rollups": 8,
  // Section 1: paths
  "1 RESUME": 15,
  "1 RESUME inside another": 200,
  "1 turn of three alternatives": 50,
  "1 RESUMEs to one action": UNASKED,
  "1 two endings": UNASKED,
  "1 path ends (b) with a failed RESULT to L1": 25,
  "1 path ends (c) with the RESULT of L1's static call": 35,
  "1 path ends (d) where L1 undid what came before": 150,
  "1 L1 is called for its static call": 150,
  "1 L2TX of several paths": 20,
  "1 joint execution": 70,
  // Section 1: undoing on rollups
  "1 REVERT": 25,
  "1 REVERT to a later call": 90,
  "1 REVERT after calls that are static or failed": 90,
  "1 REVERT undoes several calls": 70,
  "1 REVERT undoes a call to L1": 60,
  "1 REVERT undoes calls of rollups alone": 70,
  "1 REVERT of an operation that entered again": 250,
  "1 failed RESULT between rollups undoes": 80,
  "1 failed RESULT between rollups undoes a call to L1": 250,
  "1 failed RESULT between rollups, all inside was undone before": 150,
  "1 undoing inside an undoing": 200,
  "1 undoing inside a failed RESULT to L1": 200,
  "1 value is undone": 40,
  "1 SPAN": 20,
  "1 SPAN of several": UNASKED,
  "1 two SPANs in a list": 200,
  "1 SPAN and RESUME in a list": 100,
  // Section 1: visits
  "1 static visit": 8,
  "1 failed visit": 7,
  "1 visit of several operations": 10,
  "1 two visits of a rollup in an execution": 10,
  "1 visit abandoned at the end of a path": 20,
  "1 visit abandoned at the end of the list": UNASKED,
  "1 visit abandoned at an undoing, begun inside it": UNASKED,
  "1 visit abandoned at an undoing, goes on": 250,
  "1 actions forgotten by a visit that ends": 250,
  "1 open visit that knows nothing of what is undone": UNASKED,
  "1 several visits abandoned at one point": UNASKED,
  "1 ring of three rollups": 400,
  "1 ring of two rollups and L1": 100,
  "1 rollup calls its caller back": 18,
  // Section 3
  "3 several transactions in a batch": 6,
  "3 several L2TXs in a batch": 11,
  "3 L2TX and CALL in a batch": 20,
  "3 several batches": 6,
  "3 L2TX that stays among rollups": 5,
  "3 L2TX that calls L1": 8,
  "3 static execution": 35,
  "3 static execution that calls L1": 250,
  "3 equal triggers in a table": UNASKED,
  "3 execution that reaches no ending": 18,
  "3 ending after the first": UNASKED,
  "3 proxy made by the manager": 150,
  "3 value given back to L1": 60,
  "3 value given back by L1": 50,
  "3 value given back between rollups": 70,
  // Section 5
  "5 ledger called": 6,
  "5 ledger calls out": 40,
  "5 ledger entered again": 250,
  "5 InvalidCalldata": 30,
  "5 StaticCallViolation": 15,
  "5 InsufficientBalance": 70,
  "5 callee of a send fails": 2000,
  // Section 7
  "7 L2TX that reverts": 10,
  "7 L2TX that reverts with calls made": 15,
  "7 failed operation": 8,
  "7 operation that enters again": 8,
  "7 static operation of L1's in a rollup that waits": 35,
  "7 unknown sender": 11,
  "7 unknown sender in a static call": 27,
  "7 unknown sender called back": 70,
  "7 unknown sender called back in a static call": 140,
  "7 several visits in a block": 11,
} as const satisfies Readonly<Record<string, number>>;

export type Rule = keyof typeof RULES;
