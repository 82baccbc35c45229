/** What this package throws of its own. */
export { LockstepClientError } from "./base.ts";
export { InclusionTimeoutError } from "./inclusion-timeout.ts";
export { NoProxiesError } from "./no-proxies.ts";
export { NoProxyError } from "./no-proxy.ts";
export { NotAGatewayError } from "./not-a-gateway.ts";
export { ProxyNotCreatedError } from "./proxy-not-created.ts";
export { SameChainError } from "./same-chain.ts";
export { type DropReason, TransactionDroppedError } from "./transaction-dropped.ts";
export { TransactionUnknownError } from "./transaction-unknown.ts";
export { UnexpectedAnswerError } from "./unexpected-answer.ts";
export { type KnownChain, UnknownChainError } from "./unknown-chain.ts";
