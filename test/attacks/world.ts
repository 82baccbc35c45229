import { type Address, encodeFunctionData, type Hex, keccak256, parseGwei } from "viem";
import { loadArtefacts } from "../../builder/proving/circuits/load.ts";
import { batchCalldata } from "../../builder/batch/encode.ts";
import { planBatch } from "../../builder/batch/plan.ts";
import { proveVisit } from "../../builder/batch/prove.ts";
import { LEDGER, ledgerAbi } from "../../builder/kinds/ledger/abi.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { prepareCircuits } from "../../builder/node/artefacts.ts";
import { knownKind } from "../../builder/node/kinds/index.ts";
import {
  encodeVerificationKey,
  hashVerificationKey,
  type VerificationKey,
} from "../../builder/proving/keys/verification-key.ts";
import { connectL1 } from "../../builder/l1/client.ts";
import { readHead } from "../../builder/l1/head.ts";
import { readProofSystem } from "../../builder/l1/registration.ts";
import { createLocalProver } from "../../builder/proving/local-prover.ts";
import { groth16ProofSystemAbi } from "../../builder/protocol/abi.ts";
import { type BatchValue, decodeBatchValue } from "../../builder/protocol/batch.ts";
import type { ChainId } from "../../builder/protocol/ids.ts";
import { Fork } from "../../builder/simulate/fork.ts";
import { ProxyAddresses } from "../../builder/simulate/proxy-addresses.ts";
import { Simulation } from "../../builder/simulate/simulation.ts";
import { decodeTransaction } from "../../builder/intake/decode.ts";
import { visitJobs } from "../../builder/batch/jobs.ts";
import { accountAt, deploy, type L1, type Lockstep, startLockstep } from "../core/setup.ts";

/** Who triggers the honest calls. */
export const user = accountAt(1);

/** Two ledgers under the real proof system, and honest batches for each, proven by the real circuits. */
export interface AttackedWorld extends Lockstep {
  readonly proofSystem: Address;
  readonly verificationKeys: readonly VerificationKey[];
  readonly second: ChainId;
  /** Two calls, a deposit of 1000 wei and a transfer of 1 wei, on the first ledger. */
  readonly honest: BatchValue;
  /** The same calls on the second ledger. */
  readonly elsewhere: BatchValue;
  /** The raw transactions that consume `honest`. */
  readonly triggers: readonly Hex[];
}

/**
 * Deploys Lockstep with the development keys of the ledger's circuits, and proves. Takes about a minute of
 * proving.
 */
export async function attackedWorld(): Promise<AttackedWorld> {
  const circuits = await prepareCircuits({ kinds: [knownKind("ledger")] });
  const keys = Object.fromEntries(
    [...circuits].map(([name, { verificationKey }]) => [name, hashVerificationKey(verificationKey)]),
  );
  const artefacts = await loadArtefacts(["ledger1"]);
  const deployed: { proofSystem?: Address } = {};
  const lockstep = await startLockstep(async (l1) => {
    const { address: proofSystem } = await deploy(l1, "Groth16ProofSystem");
    deployed.proofSystem = proofSystem;
    for (const { verificationKey } of circuits.values()) {
      const args = [encodeVerificationKey(verificationKey)] as const;
      const call = { address: proofSystem, abi: groth16ProofSystemAbi, functionName: "registerKey" } as const;
      const hash = await l1.writer(accountAt(0)).writeContract({ ...call, args });
      await l1.reader.waitForTransactionReceipt({ hash });
    }
    return { proofSystem, keys };
  });
  const { proofSystem } = deployed;
  if (proofSystem === undefined) throw new Error("the proof system was not deployed");
  const second = await lockstep.register();
  const secondProxy = await lockstep.createProxy(LEDGER, second);
  const prover = await createLocalProver({ artefacts: artefacts.values() });
  try {
    const first = await prove(lockstep, lockstep.ledger, lockstep.ledgerProxy);
    const other = await prove(lockstep, second, secondProxy);
    // Hardhat runs eth_call in the latest block, which must not be older than the batches.
    await lockstep.l1.node.mine({ blocks: 1 });
    return {
      ...lockstep,
      proofSystem,
      verificationKeys: [...circuits.values()].map(({ verificationKey }) => verificationKey),
      second,
      honest: first.batch,
      elsewhere: other.batch,
      triggers: first.triggers,
    };
  } finally {
    await prover.close();
  }

  async function prove(world: Lockstep, rollup: ChainId, proxy: Address) {
    const l1 = connectL1(world.l1.url);
    const head = await readHead(l1, world.rollups, [rollup]);
    const context = { l1ChainId: 31337n, manager: world.rollups, timestamp: head.timestamp + 1n };
    const machine = await ledgerKind.open({ id: rollup });
    const simulation = new Simulation({
      fork: new Fork(l1, head.hash),
      next: head.next,
      context,
      machines: new Map([[rollup, machine]]),
      ether: head.rollups,
      proxies: new ProxyAddresses(l1, world.rollups),
    });
    const triggers = await Promise.all([
      sign(world.l1, { to: proxy, value: 1000n, ahead: 0 }),
      sign(world.l1, { to: proxy, data: transferOne(), ahead: 1 }),
    ]);
    for (const raw of triggers) {
      const outcome = await simulation.transaction(decodeTransaction(raw, 31337n).tx);
      if (!outcome.success) throw new Error("the honest call failed");
    }
    const plan = planBatch(simulation.executions(), context, { jointOf: () => undefined });
    const jobs = await visitJobs(plan, () => ledgerKind);
    const keyOf = (_: ChainId, circuit: string): Hex => keys[circuit] ?? "0x";
    const proofs = [];
    const { signal } = new AbortController();
    const proofSystem = () => readProofSystem(l1, world.rollups, rollup);
    for (const job of jobs) proofs.push(await proveVisit(job, prover, keyOf, { signal, proofSystem }));
    simulation.close();
    const calldata = batchCalldata(plan, proofs);
    return { triggers, batch: decodeBatchValue(keccak256(calldata), calldata) };
  }
}

function transferOne(): Hex {
  return encodeFunctionData({
    abi: ledgerAbi,
    functionName: "transfer",
    args: [0n, accountAt(2).address, 1n],
  });
}

async function sign(l1: L1, call: { to: Address; data?: Hex; value?: bigint; ahead: number }): Promise<Hex> {
  const nonce = (await l1.reader.getTransactionCount({ address: user.address })) + call.ahead;
  return await user.signTransaction({
    chainId: 31337,
    type: "eip1559",
    nonce,
    gas: 2_000_000n,
    maxFeePerGas: parseGwei("10"),
    to: call.to,
    data: call.data,
    value: call.value,
  });
}
