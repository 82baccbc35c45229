import { type Hex, keccak256, numberToHex, zeroAddress } from "viem";
import { z } from "zod";
import { addressSchema, bytesSchema, parseParams } from "../../json-rpc.ts";
import { inALine } from "../../pending-transaction.ts";
import type { Handler } from "../../service.ts";
import { shownPending, shownTransaction } from "./shown.ts";
import type { EvmRollupView } from "./view.ts";

/** Precompiled contracts, as EIP-7910 names them. */
const PRECOMPILES: readonly (readonly [name: string, address: number])[] = [
  ["ECREC", 1],
  ["SHA256", 2],
  ["RIPEMD160", 3],
  ["ID", 4],
  ["MODEXP", 5],
  ["BN254_ADD", 6],
  ["BN254_MUL", 7],
  ["BN254_PAIRING", 8],
  ["BLAKE2F", 9],
  ["KZG_POINT_EVALUATION", 0x0a],
  ["BLS12_G1ADD", 0x0b],
  ["BLS12_G1MSM", 0x0c],
  ["BLS12_G2ADD", 0x0d],
  ["BLS12_G2MSM", 0x0e],
  ["BLS12_PAIRING_CHECK", 0x0f],
  ["BLS12_MAP_FP_TO_G1", 0x10],
  ["BLS12_MAP_FP2_TO_G2", 0x11],
  ["P256VERIFY", 0x100],
];

/** What a node is asked of itself and of the transactions that wait. */
export function nodeMethods(view: EvmRollupView): Readonly<Record<string, Handler>> {
  const { chainId } = view;
  /** By sender, then by nonce. */
  const waiting = (): Map<Hex, Record<string, Record<string, unknown>>> => {
    const bySender = new Map<Hex, Record<string, Record<string, unknown>>>();
    for (const { data } of view.waiting()) {
      const { sender, nonce } = shownTransaction(data, chainId);
      const own = bySender.get(sender) ?? {};
      own[nonce.toString()] = shownPending(data, chainId);
      bySender.set(sender, own);
    }
    return bySender;
  };
  return {
    web3_clientVersion: async () => ({ result: "lockstep" }),
    web3_sha3: async ({ params }) => ({ result: keccak256(parseParams(z.tuple([bytesSchema]), params)[0]) }),
    // A block is made when a transaction comes, and only then: who waits for more of them waits for ever.
    hardhat_getAutomine: async () => ({ result: true }),
    net_listening: async () => ({ result: true }),
    net_peerCount: async () => ({ result: "0x0" }),
    eth_protocolVersion: async () => ({ result: "0x41" }),
    eth_mining: async () => ({ result: false }),
    eth_hashrate: async () => ({ result: "0x0" }),
    eth_coinbase: async () => ({ result: zeroAddress }),
    eth_config: async () => ({ result: { current: configuration(chainId), next: null, last: null } }),
    eth_capabilities: async () => ({ result: await capabilities(view) }),
    debug_getBadBlocks: async () => ({ result: [] }),
    txpool_status: async () => ({
      result: { pending: numberToHex(view.waiting().length), queued: "0x0" },
    }),
    txpool_content: async () => ({ result: { pending: Object.fromEntries(waiting()), queued: {} } }),
    txpool_inspect: async () => {
      const pending: Record<Hex, Record<string, string>> = {};
      for (const [sender, own] of waiting())
        pending[sender] = Object.fromEntries(
          Object.entries(own).map(([nonce, shown]) => [nonce, inALine(shown)]),
        );
      return { result: { pending, queued: {} } };
    },
    txpool_contentFrom: async ({ params }) => {
      const [sender] = parseParams(z.tuple([addressSchema]), params);
      return { result: { pending: waiting().get(sender) ?? {}, queued: {} } };
    },
  };
}

/** A rollup has no forks of its own and no blobs. */
function configuration(chainId: bigint): unknown {
  return {
    activationTime: 0,
    blobSchedule: { target: 0, max: 0, baseFeeUpdateFraction: 0 },
    chainId: numberToHex(chainId),
    forkId: "0x00000000",
    precompiles: Object.fromEntries(
      PRECOMPILES.map(([name, address]) => [name, numberToHex(address, { size: 20 })]),
    ),
    systemContracts: {},
  };
}

/** What is kept: all of history, and the latest state. */
async function capabilities(view: EvmRollupView): Promise<unknown> {
  const { number, hash } = await view.read(({ chronicle }) => chronicle.latest);
  const all = { disabled: false, oldestBlock: "0x0" };
  return {
    head: { number: numberToHex(number), hash },
    state: { disabled: false, oldestBlock: numberToHex(number) },
    tx: all,
    logs: all,
    receipts: all,
    blocks: all,
    stateproofs: { disabled: true },
  };
}
