import { once } from "node:events";
import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { createBuilder } from "../../builder/core/builder.ts";
import { GATEWAY_KINDS } from "../../builder/node/kinds/index.ts";
import { startL1Gateway } from "../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../builder/gateway/rollup.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { unprovenLedgerKind, UnprovenProver } from "./unproven.ts";

// A builder as a process of its own, to be killed by tests. Its task is the only argument; it tells what it
// does by IPC.
const hex = z.templateLiteral(["0x", z.string()]);
const task = z
  .object({
    l1Rpc: z.string(),
    rollups: hex,
    ledger: z.string(),
    keys: z.record(z.string(), hex),
    privateKey: hex,
    folder: z.string(),
    /** Proofs are begun, and done only when a message comes. */
    waitsToProve: z.boolean(),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

const prover = new UnprovenProver();
const mayProve = once(process, "message");
if (task.waitsToProve) {
  prover.meanwhile = async () => {
    await mayProve;
  };
}
const ledger = chainId(BigInt(task.ledger));
const builder = await createBuilder({
  l1Rpc: task.l1Rpc,
  manager: task.rollups,
  rollups: [{ id: ledger, kind: unprovenLedgerKind, verificationKeys: task.keys }],
  account: privateKeyToAccount(task.privateKey),
  prover,
  folder: task.folder,
});
builder.listen(({ type }) => process.send?.({ event: type }));
const l1 = await startL1Gateway(builder, { kinds: GATEWAY_KINDS, port: 0 });
const rollup = await startRollupGateway(builder, {
  kinds: GATEWAY_KINDS,
  port: 0,
  rollup: ledger,
  chainId: 421n,
});
process.send?.({ event: "ready", l1: l1.url, rollup: rollup.url });
