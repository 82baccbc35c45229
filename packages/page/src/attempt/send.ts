import type { System } from "../chains/system.ts";
import type { Hex } from "../chains/rpc-types.ts";

const PAUSE = 400;
const PATIENCE = 180_000;

/** Waits until a transaction is included. @returns whether it succeeded. */
export async function receiptOf(system: System, chain: number, hash: Hex): Promise<boolean> {
  const gateway = system.ask(chain);
  const end = Date.now() + PATIENCE;
  while (Date.now() < end) {
    const receipt = await gateway.request({ method: "eth_getTransactionReceipt", params: [hash] });
    if (receipt !== null) return receipt.status === "0x1";
    const progress = await system.l1
      .request({ method: "lockstep_getProgress", params: [hash] })
      .catch(() => null);
    if (progress?.state === "failed") throw new Error(progress.reason ?? "the builder dropped it");
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  throw new Error(`${hash} still waits: the page of the transaction says for what`);
}
