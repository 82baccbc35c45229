import path from "node:path";
import { createHardhatRuntimeEnvironment } from "hardhat/hre";
import { createTestClient, http, parseEther } from "viem";
import type { NetworkHooks } from "hardhat/types/hooks";
import type { JsonRpcResponse } from "hardhat/types/providers";
import { HOST } from "../node/ports.ts";
import { PROJECT_ROOT } from "../places/places.ts";
import { DevnetAccounts } from "./accounts.ts";
import type { Fork } from "./fork.ts";
import { NotReplayableError } from "./state/errors.ts";
import type { AskNode, L1Recorder } from "./state/recorder.ts";

export interface L1Node {
  readonly url: string;
  close(): Promise<void>;
}

export interface L1Options {
  readonly accounts?: DevnetAccounts;
  /** What it begins with; by default nothing. */
  readonly fork?: Fork | undefined;
  /** Stands in front of it, from a genesis of this time on (seconds since 1970). */
  readonly recording?: { readonly recorder: L1Recorder; readonly genesis: number } | undefined;
}

/**
 * Hardhat's default, and one of the two chain ids on which development keys are accepted: also that of a
 * fork, so that nothing signed for it is valid on the chain that was forked.
 */
export const L1_CHAIN_ID = 31337;

/** What accounts have on L1, in wei. */
const BALANCE = parseEther("10000");
/** What the account has that brings Ether to all others on all rollups. */
const FUNDING_BALANCE = parseEther("1000000");

/**
 * A folder that is not there. Of compiled contracts the node would read all build information when it starts,
 * to name errors in its messages: that took seconds, and clients decode errors by the ABIs that they have.
 */
const NOTHING_COMPILED = path.join(PROJECT_ROOT, "no-artifacts");

/**
 * A Hardhat node in this process, of no project. Blocks are made as transactions come (the builder turns that
 * off while it places an ordered pair), in order of arrival, so that `postBatch` stands in front of the call
 * it serves.
 */
export async function startL1(
  port: number,
  { accounts = new DevnetAccounts(), fork, recording }: L1Options = {},
): Promise<L1Node> {
  const l1 = {
    type: "edr-simulated",
    chainType: "l1",
    chainId: L1_CHAIN_ID,
    mining: { auto: true, mempool: { order: "fifo" } },
    accounts: accounts.all.map(({ address, privateKey }) => ({
      privateKey,
      balance: (address === accounts.funding.address ? FUNDING_BALANCE : BALANCE).toString(),
    })),
    ...(fork === undefined ? {} : { forking: { url: fork.url, blockNumber: Number(fork.block) } }),
    ...(recording === undefined ? {} : { initialDate: new Date(recording.genesis * 1_000) }),
  } as const;
  const config = { paths: { artifacts: NOTHING_COMPILED }, networks: { l1 } };
  const { network, hooks } = await createHardhatRuntimeEnvironment(config, {}, PROJECT_ROOT);
  if (recording !== undefined)
    hooks.registerHandlers("network", { onRequest: recordedBy(recording.recorder) });
  const server = await network.createServer("l1", HOST, port);
  const { port: actual } = await server.listen();
  return { url: `http://${HOST}:${actual}`, close: () => server.close() };
}

/** "Method not supported" (EIP-1474). */
const METHOD_REFUSED = -32004;

type OnRequest = NonNullable<NetworkHooks["onRequest"]>;

/** Lets a recorder answer, which asks the node behind it. */
function recordedBy(recorder: L1Recorder): OnRequest {
  return async (context, connection, request, next) => {
    let refused: JsonRpcResponse | undefined;
    const ask: AskNode = async (method, params) => {
      const response = await next(context, connection, { ...request, method, params: [...params] });
      if ("result" in response) return response.result;
      refused = response;
      throw new NodeRefusedError();
    };
    const params = Array.isArray(request.params) ? request.params : [];
    try {
      return { jsonrpc: "2.0", id: request.id, result: await recorder.answer(request.method, params, ask) };
    } catch (error) {
      if (error instanceof NodeRefusedError && refused !== undefined) return refused;
      if (error instanceof NotReplayableError) {
        // The server of Hardhat's node passes on no data of an error.
        const message = `${error.message} (${error.code}, ${error.docs})`;
        return { jsonrpc: "2.0", id: request.id, error: { code: METHOD_REFUSED, message } };
      }
      throw error;
    }
  };
}

/** The node answered with an error, which goes on to the client as it is. */
class NodeRefusedError extends Error {}

/** From now on, a block is made every so many seconds, and not for each transaction. */
export async function mineByTimer(rpc: string, seconds: number): Promise<void> {
  const node = createTestClient({ mode: "hardhat", transport: http(rpc) });
  await node.setAutomine(false);
  await node.setIntervalMining({ interval: seconds });
}

/** The same by a timer of this process's: a recorder sees blocks that are asked for, and no others. */
export async function mineByOwnTimer(rpc: string, seconds: number): Promise<AsyncDisposable> {
  const node = createTestClient({ mode: "hardhat", transport: http(rpc, { retryCount: 0 }) });
  await node.setAutomine(false);
  let current: Promise<void> | undefined;
  const timer = setInterval(() => {
    current ??= node
      .mine({ blocks: 1 })
      // A block that the node does not make now is made the next time.
      .catch(() => undefined)
      .finally(() => (current = undefined));
  }, seconds * 1_000);
  return {
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await current;
    },
  };
}
