import { AsyncLocalStorage } from "node:async_hooks";
import type { Automine } from "./automine.ts";
import type { DevnetProcess } from "./program/process.ts";

/*
 * Hardhat asks a network for its address while it makes a connection, and does not say for which. What
 * is being opened is found in the asynchronous context of the call.
 */

/** A connection that is being made; its devnet, once its address was asked for. */
export interface Opening {
  devnet?: DevnetProcess;
}

/** The connection that is being made to whatever network. */
export const opening = new AsyncLocalStorage<Opening>();

/** A devnet to whose rollups connections are being made. */
export interface Joined {
  readonly devnet: DevnetProcess;
  readonly automine: Automine;
}

export const joining = new AsyncLocalStorage<Joined>();
