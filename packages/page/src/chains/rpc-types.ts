/** What the gateways answer, as the client types it. */
export type * from "lockstep-client/rpc-types";
