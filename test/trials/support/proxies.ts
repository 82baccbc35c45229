import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Address, Hex } from "viem";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";
import type { ChainId } from "../../../builder/protocol/ids.ts";
import { accountAt, type L1 } from "../../core/setup.ts";

/** Makes the proxy of a rollup's contract on L1, at the cost of an account that nothing else uses. */
export async function createProxy(
  l1: Pick<L1, "reader" | "writer">,
  manager: Address,
  original: Address,
  rollup: ChainId,
): Promise<Address> {
  const about = { address: manager, abi: rollupsAbi, args: [original, rollup] } as const;
  const writer = l1.writer(accountAt(0));
  const hash = await writer.writeContract({ ...about, functionName: "createProxy", chain: null });
  await l1.reader.waitForTransactionReceipt({ hash });
  return await l1.reader.readContract({ ...about, functionName: "proxyOf" });
}

/** Waits until L1 has the transaction, which must have succeeded. */
export async function untilIncluded(l1: Pick<L1, "reader">, hash: Hex): Promise<void> {
  for (;;) {
    const receipt = await l1.reader.getTransactionReceipt({ hash }).catch(() => undefined);
    if (receipt !== undefined) {
      expect(receipt.status).to.equal("success");
      return;
    }
    await sleep(100);
  }
}
