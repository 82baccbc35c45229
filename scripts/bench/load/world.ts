import { createBuilder } from "../../../builder/core/builder.ts";
import { startL1Gateway } from "../../../builder/gateway/l1.ts";
import { startRollupGateway } from "../../../builder/gateway/rollup.ts";
import { evmKind } from "../../../builder/kinds/evm/index.ts";
import { ledgerKind } from "../../../builder/kinds/ledger/index.ts";
import type { RollupKind } from "../../../builder/kinds/kind.ts";
import { UNPROVEN, UNPROVEN_KEY } from "../../../builder/kinds/unproven.ts";
import { prepareCircuits } from "../../../builder/node/artefacts.ts";
import { GATEWAY_KINDS, knownKind } from "../../../builder/node/kinds/index.ts";
import { openProver } from "../../../builder/node/prover.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import { builderAccount, deployGroth16, registerEvm, startLockstep } from "../../../test/core/setup.ts";
import { unprovenLedgerKind, UnprovenProver } from "../../../test/core/unproven.ts";
import { RecordingProver } from "./recording-prover.ts";

/** The chain id of the nodes that benches start. */
export const L1_CHAIN_ID = 31337n;

/** A node, a builder of an EVM rollup and a ledger, and their gateways, all in this process. */
export type World = Awaited<ReturnType<typeof openWorld>>;

/** Nothing is proven. */
export async function openWorld() {
  return await open(await startLockstep(), unprovenLedgerKind, new UnprovenProver());
}

/** The ledger is proven by the prover that a builder has by default, with development keys. */
export async function openProvenWorld() {
  const circuits = await prepareCircuits({ kinds: [knownKind("ledger")] });
  const own = await openProver({ circuits: [...circuits.values()].map(({ artefacts }) => artefacts) });
  const lockstep = await startLockstep(async (l1) => await deployGroth16(l1, circuits));
  const prover = new RecordingProver(own.pool);
  const world = await open(lockstep, ledgerKind, prover);
  return {
    ...world,
    prover,
    workers: own.pool.backends,
    close: async () => {
      await world.close();
      await own[Symbol.asyncDispose]();
    },
  };
}

async function open(
  lockstep: Awaited<ReturnType<typeof startLockstep>>,
  kind: RollupKind,
  prover: UnprovenProver | RecordingProver,
) {
  const { l1, rollups: manager, ledger } = lockstep;
  const a = await registerEvm(lockstep);
  const builder = await createBuilder({
    l1Rpc: l1.url,
    manager,
    rollups: [
      { id: ledger, kind, verificationKeys: lockstep.keys },
      { id: a, kind: evmKind, verificationKeys: { [UNPROVEN]: UNPROVEN_KEY } },
    ],
    account: builderAccount,
    prover,
  });
  const common = { kinds: GATEWAY_KINDS, port: 0 };
  const ofRollup = async (rollup: typeof a) =>
    await startRollupGateway(builder, { ...common, rollup, chainId: evmChainIdOf(L1_CHAIN_ID, rollup) });
  const gateways = {
    l1: await startL1Gateway(builder, common),
    ledger: await ofRollup(ledger),
    a: await ofRollup(a),
  };
  return {
    lockstep,
    a,
    builder,
    gateways,
    close: async () => {
      for (const gateway of Object.values(gateways)) await gateway.close();
      await builder.stop();
      await l1.close();
    },
  };
}
