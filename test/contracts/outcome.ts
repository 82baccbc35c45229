import { expect } from "chai";
import {
  type Abi,
  BaseError,
  decodeErrorResult,
  type Hex,
  isHex,
  parseEventLogs,
  type TransactionReceipt,
} from "viem";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import type { Setup } from "./setup.ts";

/** Revert data of a failed call, out of whatever error it came wrapped in. */
export function revertData(error: unknown): Hex {
  for (let cause = error; cause !== undefined && cause !== null;) {
    if (typeof cause !== "object") break;
    const data: unknown = "data" in cause ? cause.data : undefined;
    if (isHex(data)) return data;
    if (typeof data === "object" && data !== null && "data" in data && isHex(data.data)) return data.data;
    cause = "cause" in cause ? cause.cause : undefined;
  }
  throw error instanceof BaseError ? error : new Error(`no revert data in ${String(error)}`);
}

/** Asserts that the call reverts with this custom error and these arguments. */
export async function expectRevert(
  call: Promise<unknown>,
  errorName: string,
  args?: readonly unknown[],
  abi: Abi = rollupsAbi,
): Promise<void> {
  const error: unknown = await call.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error, `expected ${errorName}, but the call succeeded`).not.to.equal(undefined);
  expectError(revertData(error), errorName, args, abi);
}

/** Asserts that revert data is this custom error with these arguments. */
export function expectError(
  data: Hex,
  errorName: string,
  args?: readonly unknown[],
  abi: Abi = rollupsAbi,
): void {
  const decoded = decodeErrorResult({ abi, data });
  expect(decoded.errorName).to.equal(errorName);
  if (args !== undefined) expect(decoded.args ?? []).to.deep.equal(args);
}

/** Waits for a transaction and asserts that it succeeded. */
export async function mined(setup: Setup, sent: Promise<Hex>): Promise<TransactionReceipt> {
  const receipt = await setup.publicClient.waitForTransactionReceipt({ hash: await sent });
  expect(receipt.status, "transaction status").to.equal("success");
  return receipt;
}

/** The same without what tells followers which rollups a batch is about and what is in it. */
export function effectsOf(receipt: TransactionReceipt): { eventName: string; args: object }[] {
  return eventsOf(receipt).filter(
    ({ eventName }) => eventName !== "BatchData" && eventName !== "RollupVisited",
  );
}

/** Names and arguments of the events of `Rollups` in a receipt, in order. */
export function eventsOf(receipt: TransactionReceipt): { eventName: string; args: object }[] {
  return parseEventLogs({ abi: rollupsAbi, logs: receipt.logs }).map(({ eventName, args }) => ({
    eventName,
    args,
  }));
}
