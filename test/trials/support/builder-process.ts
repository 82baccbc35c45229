import { privateKeyToAccount } from "viem/accounts";
import { z } from "zod";
import { createBuilder } from "../../../builder/core/builder.ts";
import { startL1Gateway } from "../../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../../builder/gateway/rollup.ts";
import { createEvmKind } from "../../../builder/kinds/evm/index.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../../builder/kinds/unproven.ts";
import { GATEWAY_KINDS } from "../../../builder/node/kinds/index.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { chainId } from "../../../builder/protocol/ids.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../core/unproven.ts";

// A builder of a trial's world, as a process of its own. Its task is the only argument; it tells by IPC what
// it does.
const hex = z.templateLiteral(["0x", z.string()]);
const task = z
  .object({
    l1Rpc: z.string(),
    l1ChainId: z.string().transform(BigInt),
    manager: hex,
    ledger: z.string(),
    a: z.string(),
    keys: z.record(z.string(), hex),
    balances: z.array(z.tuple([hex, z.string().transform(BigInt)])),
    privateKey: hex,
    folder: z.string(),
    reorgDepth: z.string().transform(BigInt),
  })
  .parse(JSON.parse(process.argv[2] ?? ""));

const ledger = chainId(BigInt(task.ledger));
const a = chainId(BigInt(task.a));
const builder = await createBuilder({
  l1Rpc: task.l1Rpc,
  manager: task.manager,
  rollups: [
    { id: ledger, kind: unprovenLedgerKind, verificationKeys: task.keys },
    {
      id: a,
      kind: createEvmKind({ balances: new Map(task.balances) }),
      verificationKeys: { [UNPROVEN]: UNPROVEN_KEY },
    },
  ],
  account: privateKeyToAccount(task.privateKey),
  prover: new UnprovenProver(),
  folder: task.folder,
  reorgDepth: task.reorgDepth,
});
builder.listen((event) => {
  const said = JSON.stringify(event, (_, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  process.send?.({ event: event.type, said });
});
const common = { kinds: GATEWAY_KINDS, port: 0 };
const l1 = await startL1Gateway(builder, common);
const ofRollup = async (rollup: typeof a) =>
  await startRollupGateway(builder, { ...common, rollup, chainId: evmChainIdOf(task.l1ChainId, rollup) });
const gateways = { l1: l1.url, ledger: (await ofRollup(ledger)).url, a: (await ofRollup(a)).url };
process.send?.({ event: "ready", gateways });
