import { fileURLToPath } from "node:url";
import { EVMError, type ExecResult } from "@ethereumjs/evm";
import type { Piscina } from "piscina";
import type { PrecompileAnswer, PrecompileTask } from "./precompile-thread.ts";
import { MODULE_THREADS } from "../places/module-threads.ts";

const name = (address: number): string => address.toString(16).padStart(40, "0");
const [BLAKE2F, PAIRING] = [0x09, 0x08];
/** Bytes of what BLS12-381's precompiles take any number of, and BN254's pairing. */
const ITEMS: ReadonlyMap<string, number> = new Map([
  [name(PAIRING), 192],
  [name(0x0c), 160],
  [name(0x0e), 288],
  [name(0x0f), 384],
]);
/** Items that take some ten milliseconds: as long as a slice of the thread, about. */
const FEW_ITEMS = 4;
const FEW_ROUNDS = 10_000;
/** Milliseconds after which an idle thread ends: starting one takes about half a second. */
const IDLE = 1_000;

let pool: Promise<Piscina<PrecompileTask, PrecompileAnswer>> | undefined;

/** Whether a precompile may take so long that it is better run elsewhere. */
export function isHeavy(precompile: string, data: Uint8Array): boolean {
  if (precompile === name(BLAKE2F)) return data.length >= 4 && roundsOf(data) > FEW_ROUNDS;
  const item = ITEMS.get(precompile);
  return item !== undefined && data.length > item * FEW_ITEMS;
}

/**
 * Runs a precompile in a thread of its own, which no code can interrupt, but which can be ended.
 * @throws an `AbortError` when `signal` ends it.
 */
export async function runElsewhere(
  task: PrecompileTask,
  signal: AbortSignal | undefined,
): Promise<ExecResult> {
  pool ??= openPool();
  const { gasUsed, returnValue, error } = await (
    await pool
  ).run(task, signal === undefined ? {} : { signal });
  return {
    executionGasUsed: gasUsed,
    returnValue,
    ...(error === undefined ? {} : { exceptionError: new EVMError(error) }),
  };
}

async function openPool(): Promise<Piscina<PrecompileTask, PrecompileAnswer>> {
  const { Piscina: Pool } = await import("piscina");
  return new Pool({
    ...MODULE_THREADS,
    filename: fileURLToPath(new URL("./precompile-thread.ts", import.meta.url)),
    minThreads: 0,
    maxThreads: 1,
    idleTimeout: IDLE,
  });
}

function roundsOf(data: Uint8Array): number {
  return new DataView(data.buffer, data.byteOffset, 4).getUint32(0);
}
