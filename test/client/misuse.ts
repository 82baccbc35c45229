/**
 * What must not compile: `tsc` complains of each `@ts-expect-error` that expects an error in vain. Nothing of
 * this runs.
 */
import { expect } from "chai";
import { type Account, createClient, createPublicClient, createWalletClient, http, parseAbi } from "viem";
import { chainsOf, lockstepActions, resolveChain } from "lockstep-client";

const network = {
  l1: {
    gateway: "http://127.0.0.1:8546",
    chainId: 31337,
    rollups: "0x5fbdb2315678afecb367f032d93f642f64180aa3",
  },
  rollups: [
    {
      id: 1,
      name: "A",
      kind: "evm",
      proven: false,
      gateway: "http://127.0.0.1:8547",
      chainId: 31337001,
      contract: "0x0000000000000000000000004c6f636b73746570",
    },
  ],
} as const;
const address = "0x0000000000000000000000000000000000000001";
const abi = parseAbi([
  "event Incremented(address indexed by, uint256 count)",
  "function count() view returns (uint256)",
  "function add(uint256 amount) returns (uint256)",
]);
const transport = http();

export async function misuse(account: Account): Promise<void> {
  const { L1, A } = chainsOf(network);
  const reader = createPublicClient({ chain: L1, transport }).extend(lockstepActions(network));
  const signer = createWalletClient({ account, chain: A, transport }).extend(lockstepActions(network));

  await reader.proxyOf({ address, chain: "A" });
  // @ts-expect-error there is no chain B
  await reader.proxyOf({ address, chain: "B" });
  // @ts-expect-error there is no chain B
  resolveChain(network, "B");
  // @ts-expect-error there is no chain B
  chainsOf(network).B;
  // @ts-expect-error which chain is it on?
  await reader.proxyOf({ address });
  // @ts-expect-error not an address
  await reader.proxyOf({ address: "me", chain: "A" });

  await signer.createProxy({ address, chain: "L1" });
  await reader.createProxy({ address, chain: "A", account });
  // @ts-expect-error the client has no account: who makes it?
  await reader.createProxy({ address, chain: "A" });
  // @ts-expect-error the client has no account: who makes it?
  await reader.getRemoteContract({ abi, address, chain: "A", createProxy: true });

  const remote = await signer.getRemoteContract({ abi, address, chain: "L1" });
  await remote.write.add([1n]);
  const count: bigint = await remote.read.count();
  await remote.home.getEvents.Incremented();
  // @ts-expect-error the ABI has no such function
  await remote.write.subtract([1n]);
  // @ts-expect-error the argument is a bigint
  await remote.write.add(["1"]);
  // @ts-expect-error a view is not written
  await remote.write.count();
  // @ts-expect-error the result is a bigint
  const text: string = await remote.read.count();
  // @ts-expect-error events are emitted on the contract's own chain
  await remote.getEvents.Incremented();
  // @ts-expect-error at home it is only read: another chain's client writes
  await remote.home.write.add([1n]);

  const simulated = await signer.simulateAcross({ abi, address, functionName: "add", args: [count] });
  // @ts-expect-error it may fail
  const sum = simulated.result;
  if (simulated.success) simulated.result satisfies bigint;
  // @ts-expect-error the ABI has no such function
  await signer.simulateAcross({ abi, address, functionName: "subtract", args: [1n] });
  // @ts-expect-error the argument is a bigint
  await signer.simulateAcross({ abi, address, functionName: "add", args: ["1"] });

  const frame = await signer.traceAcross({ hash: "0x", decode: abi });
  frame.call?.functionName satisfies "count" | "add" | undefined;
  // @ts-expect-error the ABI has no such function
  if (frame.call?.functionName === "subtract") return;

  // @ts-expect-error a network has rollups
  createClient({ transport }).extend(lockstepActions({ l1: network.l1 }));
  expect([text, sum]);
}
