import { createEVM } from "@ethereumjs/evm";
import { createAccount, createAddressFromBigInt } from "@ethereumjs/util";
import { rollupBlock, rollupCommon } from "../../../../builder/kinds/evm/execution/environment.ts";
import { chainId } from "../../../../builder/protocol/ids.ts";

/** A call as tests make it, from nowhere to a contract that has the code. */
export interface Call {
  readonly code: Uint8Array;
  readonly data: Uint8Array;
  readonly gas: bigint;
  /** Wei. */
  readonly value: bigint;
  readonly isStatic: boolean;
  /** What the contract's slots hold. */
  readonly storage: ReadonlyMap<bigint, bigint>;
}

/** One instruction, before it runs. */
export interface ReferenceStep {
  readonly pc: number;
  readonly gas: bigint;
  /** The lowest word first. */
  readonly stack: readonly bigint[];
}

export interface ReferenceResult {
  readonly steps: readonly ReferenceStep[];
  readonly gas: bigint;
  readonly succeeded: boolean;
  readonly output: Uint8Array;
  readonly refund: bigint;
  slot(slot: bigint): Promise<bigint>;
}

export const ADDRESS = 0xc0ffee254729296a45a3885639ac7e10f9d54979n;
export const CALLER = 0xdeadbeefdeadbeefdeadbeefdeadbeefdeadbeefn;
export const ORIGIN = 0x1234567890123456789012345678901234567890n;
export const BALANCE = 10n ** 18n;
export const BLOCK = { number: 77n, timestamp: 1_800_000_000n };
export const GAS_PRICE = 7n;
export const COMMON = rollupCommon(chainId(3), { l1ChainId: 31_337n });

const wordBytes = (word: bigint): Uint8Array => Buffer.from(word.toString(16).padStart(64, "0"), "hex");

/**
 * Runs a call with EthereumJS.
 * @param watched false where steps are not looked at: EthereumJS cannot report them when memory has no end.
 */
export async function runReference(call: Call, watched: boolean): Promise<ReferenceResult> {
  const evm = await createEVM({ common: COMMON });
  const { stateManager } = evm;
  const to = createAddressFromBigInt(ADDRESS);
  await stateManager.putAccount(to, createAccount({ nonce: 1n, balance: BALANCE }));
  await stateManager.putCode(to, call.code);
  for (const [slot, value] of call.storage)
    await stateManager.putStorage(to, wordBytes(slot), wordBytes(value));
  stateManager.originalStorageCache.clear();
  const steps: ReferenceStep[] = [];
  if (watched)
    evm.events.on("step", (event, resolve) => {
      steps.push({ pc: event.pc, gas: event.gasLeft, stack: [...event.stack] });
      resolve?.();
    });
  const { execResult } = await evm.runCall({
    to,
    caller: createAddressFromBigInt(CALLER),
    origin: createAddressFromBigInt(ORIGIN),
    gasPrice: GAS_PRICE,
    gasLimit: call.gas,
    value: call.value,
    skipBalance: true,
    data: call.data,
    isStatic: call.isStatic,
    block: rollupBlock(BLOCK, COMMON),
  });
  const error = execResult.exceptionError?.error;
  const answers = error === undefined || error === "revert";
  return {
    steps,
    gas: call.gas - execResult.executionGasUsed,
    succeeded: error === undefined,
    output: answers ? execResult.returnValue : new Uint8Array(),
    refund: execResult.gasRefund ?? 0n,
    slot: async (slot) => {
      const bytes = await stateManager.getStorage(to, wordBytes(slot));
      return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
    },
  };
}
