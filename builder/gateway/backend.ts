/** What gateways know of the core: nothing but what they stand on. */
export type { Backend, Purpose, Reader } from "../core/backend.ts";
export type { BuilderEvent } from "../core/events.ts";
