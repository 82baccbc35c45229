/**
 * `npm run bench walk`: the files of builder/ in which code runs between a wallet's `eth_sendRawTransaction`
 * and the receipt of a call from L1 to a ledger (its proof is taken on trust, so the prover's own files are
 * not among them), by room. No times.
 */
import { Session } from "node:inspector/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseEther, parseGwei } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { accountAt, builderAccount, clientsOf, startLockstep } from "../../test/core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../test/core/unproven.ts";

const BUILDER = path.resolve(import.meta.dirname, "../../builder");

const lockstep = await startLockstep();
const builder = await createBuilder({
  l1Rpc: lockstep.l1.url,
  manager: lockstep.rollups,
  rollups: [{ id: lockstep.ledger, kind: unprovenLedgerKind, verificationKeys: lockstep.keys }],
  account: builderAccount,
  prover: new UnprovenProver(),
});
const gateway = await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0 });
const { reader } = clientsOf(gateway.url);
const user = accountAt(1);

/** Ether through the proxy, from the wallet's request to the receipt. */
async function deposit(nonce: number): Promise<void> {
  const serializedTransaction = await user.signTransaction({
    chainId: 31337,
    type: "eip1559",
    nonce,
    to: lockstep.ledgerProxy,
    value: parseEther("1"),
    gas: 4_000_000n,
    maxFeePerGas: parseGwei("10"),
    maxPriorityFeePerGas: 1n,
  });
  const hash = await reader.sendRawTransaction({ serializedTransaction });
  const { status } = await reader.waitForTransactionReceipt({ hash });
  if (status !== "success") throw new Error("the transaction failed");
}

// What runs once, on the first transaction, is not the way of a transaction.
await deposit(0);
await builder.idle();
const session = new Session();
session.connect();
await session.post("Profiler.enable");
await session.post("Profiler.startPreciseCoverage", { callCount: true, detailed: false });
await deposit(1);
await builder.idle();
const { result } = await session.post("Profiler.takePreciseCoverage");
const files = result
  .filter(
    ({ url, functions }) =>
      url.startsWith("file:") && functions.some(({ ranges }) => (ranges[0]?.count ?? 0) > 0),
  )
  .map(({ url }) => path.relative(BUILDER, fileURLToPath(url)))
  .filter((file) => !file.startsWith(".."))
  .sort();
const byRoom = Map.groupBy(files, (file) => file.split("/")[0] ?? file);
for (const [room, own] of byRoom) console.log(`${room.padEnd(10)} ${own.length}  ${own.join(" ")}`);
console.log(`${files.length} files in ${byRoom.size} rooms`);

await gateway.close();
await builder.stop();
await lockstep.l1.close();
process.exit(0);
