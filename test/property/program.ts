/** Where an actor lives: 0 is L1, 1 and 2 are the EVM rollups. */
export type Home = 0 | 1 | 2;
/** One of the four actors. */
export type Actor = 0 | 1 | 2 | 3;
/** The user of each chain, who has no code. */
export type User = "user0" | "user1" | "user2";
/**
 * Whom a call goes to: by name, or as seen from the frame that makes it. `child`: what it created last, else
 * itself.
 */
export type Who = Actor | User | "self" | "sender" | "child";
/** Who can hold an account of the ledger and be named in its calls. */
export type Holder = Actor | User;

interface Caught {
  /** A failure is caught; else the frame fails with the same data. */
  readonly caught?: boolean;
}
interface Valued {
  /** Wei. */
  readonly value?: number;
}

/** A call of the ledger's. `junk`: so many bytes that mean nothing. */
export type LedgerCall =
  | { readonly fn: "receive" }
  | { readonly fn: "transfer"; readonly to: Holder; readonly amount: number }
  | { readonly fn: "balanceOf"; readonly of: Holder }
  | { readonly fn: "send"; readonly to: Holder; readonly amount: number; readonly script: Script }
  | { readonly fn: "junk"; readonly size: number };

/** One operation of `contracts/test/fuzz/FuzzInterpreter.sol`. Slots are 0 to 7. */
export type Operation =
  | { readonly do: "write"; readonly slot: number; readonly value: number }
  | { readonly do: "read"; readonly slot: number }
  /** Adds what the latest call answered to a slot. */
  | { readonly do: "add"; readonly slot: number }
  | { readonly do: "log"; readonly tag: number }
  | { readonly do: "balance" }
  | { readonly do: "context" }
  /** Whether the sender has code, if it is an actor or the ledger. */
  | { readonly do: "look" }
  /**
   * Remembers what one chain and several may answer differently, but a simulation and its replay may not. 0:
   * gas left; cost of reading 1: a slot, 2: an account's balance, 3: its code size; 4: a counter in transient
   * storage; 5: code, size and balance of the sender.
   */
  | { readonly do: "measure"; readonly kind: number; readonly who: Who; readonly slot: number }
  /** 0: writes a slot; 1: emits an event; 2: writes transient storage. What a static frame must not do. */
  | { readonly do: "poke"; readonly kind: number }
  | ({
      readonly do: "call";
      readonly to: Who;
      readonly isStatic?: boolean;
      readonly script: Script;
    } & Caught &
      Valued)
  | ({ readonly do: "delegate"; readonly script: Script } & Caught)
  | ({ readonly do: "create"; readonly salted?: boolean; readonly script: Script } & Caught & Valued)
  | ({ readonly do: "ledger"; readonly isStatic?: boolean; readonly call: LedgerCall } & Caught & Valued)
  /** Ends the frame with so many bytes. */
  | { readonly do: "return"; readonly size: number; readonly tag: number }
  | { readonly do: "revert"; readonly size: number; readonly tag: number }
  /** Reverts with everything that the frame has observed. */
  | { readonly do: "fail" };

export type Script = readonly Operation[];

/** A transaction by the user of a chain, to an actor or to the ledger. */
export type Transaction = Valued & {
  readonly from: Home;
  /** Stands in one batch with the transaction before it. */
  readonly joined?: boolean;
} & ({ readonly to: Actor; readonly script: Script } | { readonly ledger: LedgerCall });

/** A case of the property: who lives where, and what is done. */
export interface Program {
  readonly homes: readonly [Home, Home, Home, Home];
  readonly transactions: readonly Transaction[];
}

/**
 * The actor that has no proxies when a program begins: it is the first to be called on its home chain, or it
 * is paid for nothing; no other actor calls it by name.
 */
export const NEWCOMER = 3;
export const ACTORS: readonly Actor[] = [0, 1, 2, 3];
export const HOMES: readonly Home[] = [0, 1, 2];
export const USERS: readonly User[] = ["user0", "user1", "user2"];

/** How many calls the script makes, if none of its frames ends early. */
export function countCalls(script: Script): number {
  return script.reduce((sum, operation) => {
    if (operation.do === "ledger") {
      return sum + 1 + (operation.call.fn === "send" ? 1 + countCalls(operation.call.script) : 0);
    }
    return "script" in operation ? sum + 1 + countCalls(operation.script) : sum;
  }, 0);
}

/** Whether the ledger is called anywhere. */
export function usesLedger(script: Script): boolean {
  return script.some(
    (operation) => operation.do === "ledger" || ("script" in operation && usesLedger(operation.script)),
  );
}
