import type { Builder } from "../core/builder.ts";

/**
 * What gateways read: L1, the rollups as its head has them, and what became of transactions. A follower has
 * all of it.
 */
export type Reader = Pick<
  Builder,
  | "account"
  | "l1"
  | "l1ChainId"
  | "l1Rpc"
  | "l1TransactionOf"
  | "listen"
  | "readRollup"
  | "rollups"
  | "rollupsAddress"
  | "standing"
  | "status"
>;

/** Everything that gateways stand on: what they read, simulations, and the queue of transactions. */
export type Backend = Reader &
  Pick<
    Builder,
    | "call"
    | "callRollup"
    | "pending"
    | "pendingOf"
    | "pendingOfRollup"
    | "settled"
    | "submit"
    | "submitToRollup"
    | "view"
    | "waiting"
  >;
