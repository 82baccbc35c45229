import {
  type Abi,
  type Address,
  decodeFunctionResult,
  encodeDeployData,
  encodeFunctionData,
  getContractAddress,
  type Hex,
  parseGwei,
} from "viem";
import { rootHex } from "../../../builder/protocol/execution/encoding.ts";
import { evmKind } from "../../../builder/kinds/evm/index.ts";
import { EvmMachine } from "../../../builder/kinds/evm/machine.ts";
import type { EvmVisitRecord } from "../../../builder/kinds/evm/record.ts";
import { SYSTEM } from "../../../builder/kinds/evm/system.ts";
import { evmChainIdOf } from "../../../builder/protocol/evm-chain-id.ts";
import type { RollupMachine } from "../../../builder/kinds/kind.ts";
import { connectL1 } from "../../../builder/l1/client.ts";
import { readHead } from "../../../builder/l1/head.ts";
import { UNPROVEN_KEY } from "../../../builder/kinds/unproven.ts";
import { rollupsAbi } from "../../../builder/protocol/abi.ts";
import { type ChainId, chainId } from "../../../builder/protocol/ids.ts";
import { Fork } from "../../../builder/simulate/fork.ts";
import { ProxyAddresses } from "../../../builder/simulate/proxy-addresses.ts";
import { Simulation } from "../../../builder/simulate/simulation.ts";
import { decodeTransaction } from "../../../builder/intake/decode.ts";
import { accountAt, artefact, deploy, startL1 } from "../../core/setup.ts";

const user = accountAt(1);
const managerAbi: Abi = rollupsAbi;

/** L1 with two EVM rollups, and one simulation on it. */
export async function simulatedWorld() {
  const l1 = await startL1();
  const manager = (await deploy(l1, "Rollups", [600n])).address;
  const proofSystem = (await deploy(l1, "UnprovenProofSystem")).address;
  const genesisRoot = rootHex(await evmKind.genesisRoot());
  const write = async (functionName: "register" | "createProxy", args: readonly unknown[]): Promise<void> => {
    const data = encodeFunctionData({ abi: managerAbi, functionName, args });
    const hash = await l1.writer(accountAt(0)).sendTransaction({ to: manager, data });
    await l1.reader.waitForTransactionReceipt({ hash });
  };
  const machines = new Map<ChainId, RollupMachine>();
  for (const id of [1n, 2n].map(chainId)) {
    const owner = accountAt(0).address;
    await write("register", [
      {
        owner,
        proofSystem,
        verificationKeys: [UNPROVEN_KEY],
        genesisRoot,
        nativeToken: false,
        verificationDelay: 0,
      },
    ]);
    machines.set(id, await evmKind.open({ id }));
  }
  const client = connectL1(l1.url);
  const head = await readHead(client, manager, [...machines.keys()]);
  const context = { l1ChainId: 31337n, manager, timestamp: head.timestamp + 1n };
  const proxies = new ProxyAddresses(client, manager);
  const fork = new Fork(client, head.hash);
  const simulationAt = (timestamp: bigint) =>
    new Simulation({
      fork,
      next: head.next,
      context: { ...context, timestamp },
      machines,
      ether: head.rollups,
      proxies,
    });
  const simulation = simulationAt(context.timestamp);
  const [a, b] = [chainId(1), chainId(2)];

  async function sign(chain: ChainId, call: { to?: Address; data?: Hex; value?: bigint }): Promise<Hex> {
    const machine = machines.get(chain);
    const nonce =
      machine === undefined
        ? (await simulation.sender(user.address)).nonce
        : machine.account(chain, BigInt(user.address)).nonce;
    return await user.signTransaction({
      chainId: Number(machine === undefined ? 31337n : evmChainIdOf(31337n, chain)),
      type: "eip1559",
      nonce: Number(nonce),
      gas: 15_000_000n,
      maxFeePerGas: machine === undefined ? parseGwei("10") : 0n,
      maxPriorityFeePerGas: 0n,
      ...call,
    });
  }

  const send = async (chain: ChainId, call: { to?: Address; data?: Hex; value?: bigint }) => {
    const raw = await sign(chain, call);
    if (machines.has(chain)) return await simulation.l2Transaction(chain, raw, accountAt(9).address);
    return await simulation.transaction(decodeTransaction(raw, 31337n).tx);
  };

  /** Deploys on any chain. */
  const create = async (chain: ChainId, name: string, args: readonly unknown[] = []): Promise<Address> => {
    const machine = machines.get(chain);
    const { abi, bytecode } = await artefact(name);
    const nonce =
      machine === undefined
        ? (await simulation.sender(user.address)).nonce
        : machine.account(chain, BigInt(user.address)).nonce;
    await send(chain, { data: encodeDeployData({ abi, bytecode, args }) });
    return getContractAddress({ from: user.address, nonce });
  };

  /** Address of the proxy on `here` that stands for `original` on `there`; it is created. */
  const proxy = async (here: ChainId, original: Address, there: ChainId): Promise<Address> => {
    const creator = machines.has(here) ? SYSTEM : manager;
    await send(here, {
      to: creator,
      data: encodeFunctionData({ abi: rollupsAbi, functionName: "createProxy", args: [original, there] }),
    });
    if (!machines.has(here)) return await proxies.addressOf(original, there);
    const call = { abi: rollupsAbi, functionName: "proxyOf", args: [original, there] } as const;
    return decodeFunctionResult({ ...call, data: await view(here, SYSTEM, encodeFunctionData(call)) });
  };

  const view = async (chain: ChainId, to: Address, data: Hex): Promise<Hex> => {
    const request = { from: user.address, to, value: 0n, data, gas: 15_000_000n, gasPrice: 0n };
    if (!machines.has(chain)) return (await simulation.call(request)).data;
    const { record } = (await simulation.rollupCall(chain, request, user.address)).visit;
    if (typeof record !== "object" || record === null || !("transactions" in record))
      throw new Error("no receipt");
    const { transactions } = record as Pick<EvmVisitRecord, "transactions">;
    return transactions[0].receipt.output;
  };

  const callOn = async (
    chain: ChainId,
    name: string,
    to: Address,
    functionName: string,
    args: readonly unknown[] = [],
  ) => {
    const { abi } = await artefact(name);
    return await send(chain, { to, data: encodeFunctionData({ abi, functionName, args }) });
  };
  const read = async (
    chain: ChainId,
    name: string,
    to: Address,
    functionName: string,
    args: readonly unknown[] = [],
  ) => {
    const { abi } = await artefact(name);
    const data = await view(chain, to, encodeFunctionData({ abi, functionName, args }));
    return decodeFunctionResult({ abi, functionName, data });
  };

  return {
    l1,
    rollups: manager,
    simulation,
    simulationAt,
    addressOfDeployment: (from: Address, nonce: bigint) => getContractAddress({ from, nonce }),
    context,
    machines,
    a,
    b,
    create,
    proxy,
    send,
    callOn,
    read,
    machine(rollup: ChainId): EvmMachine {
      const machine = machines.get(rollup);
      if (!(machine instanceof EvmMachine)) throw new Error("not an EVM rollup");
      return machine;
    },
  };
}

export type SimulatedWorld = Awaited<ReturnType<typeof simulatedWorld>>;
