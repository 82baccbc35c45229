import { type Answer, RpcCode, type RpcRequest } from "./json-rpc.ts";

/** Answers one request. What it throws becomes an error object. */
export type Handler = (request: RpcRequest) => Promise<Answer>;

/**
 * Something that clients subscribe to over WebSocket.
 * @param params behind the topic's name.
 * @param push takes each notification.
 * @returns a function that ends it.
 * @throws {InvalidParamsError}
 */
export type Topic = (params: readonly unknown[], push: (result: unknown) => void) => Promise<() => void>;

/** Other views of a chain at paths of their own: by a path's first part, what answers at the rest of it. */
export type Views = ReadonlyMap<string, (rest: string) => Handler>;

/** What a gateway serves. */
export interface Service {
  readonly handle: Handler;
  /** By the name that `eth_subscribe` has for them. */
  readonly topics: ReadonlyMap<string, Topic>;
  readonly views?: Views | undefined;
  /** Ends what it does on its own. */
  readonly close: () => void;
}

/** Answers who subscribes over HTTP, where nothing can be told later. */
export const needsSocket: Handler = async () => {
  const message = "subscriptions need a WebSocket: connect with ws:// to the same address";
  return { error: { code: RpcCode.METHOD_NOT_FOUND, message } };
};
