/** What the gateways answer, as the client types it. */
export type * from "../../../client/src/rpc-types.ts";
