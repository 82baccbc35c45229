import { createServer } from "node:http";
import {
  encodeAbiParameters,
  encodeEventTopics,
  type Hex,
  keccak256,
  numberToHex,
  toHex,
  zeroAddress,
} from "viem";
import { z } from "zod";
import type { Head, L1Rollup } from "../../builder/l1/head.ts";
import { connectL1, type L1Client } from "../../builder/l1/client.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import type { ChainId, StateRoot } from "../../builder/protocol/ids.ts";

/** Address of the manager in these histories. */
export const MANAGER: Hex = "0x00000000000000000000000000000000000000bb";
const NO_HASH: Hex = `0x${"00".repeat(32)}`;

interface FakeLog {
  readonly block: number;
  readonly transaction: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
}

/** How a batch comes to L1. */
export interface Posting {
  readonly calldata: Hex;
  /** What the event calls it; default: the hash of the calldata. */
  readonly id?: Hex;
  readonly visits: readonly ChainId[];
  /** Executions that take effect, each with its ending. */
  readonly consumed: readonly (readonly [execution: number, ending: number])[];
  /**
   * `direct`: the calldata is the transaction's input. `relayed`: `BatchData` has it. `lost`: no node has it.
   */
  readonly way?: "direct" | "relayed" | "lost";
}

const request = z.object({ id: z.number(), method: z.string(), params: z.array(z.unknown()).default([]) });
const filter = z.object({
  fromBlock: z.string(),
  toBlock: z.string(),
  topics: z.array(z.union([z.string(), z.array(z.string()), z.null()])).default([]),
});

/** What a node refuses with an error. */
class Refusal extends Error {
  readonly code: number;

  constructor({ code, message }: { readonly code: number; readonly message: string }) {
    super(message);
    this.code = code;
  }
}

/** How much a node takes in one request for logs, and what it says otherwise. */
export interface LogLimits {
  /** Blocks. */
  readonly blocks?: number;
  readonly results?: number;
  readonly error: { readonly code: number; readonly message: string };
}

/** An L1 that says whatever a test wants, in place of a node: what no contract would ever let happen, too. */
export class FakeL1 {
  readonly url: string;
  readonly client: L1Client;
  readonly close: () => Promise<void>;
  #logs: FakeLog[] = [];
  readonly #inputs = new Map<string, Hex>();
  #blocks = 0;
  /** Part of the hashes of blocks from this number on. */
  #fork = { from: 0, name: "" };
  /** Methods that were asked for. */
  readonly asked: string[] = [];
  /** Blocks of each request for logs, first and last. */
  readonly ranges: (readonly [first: number, last: number])[] = [];
  limits: LogLimits | undefined;
  /** Told each range before it is answered; what it throws, the node refuses with. */
  beforeLogs: (range: readonly [first: number, last: number]) => void = () => undefined;

  private constructor(url: string, close: () => Promise<void>, blocksAtOnce?: bigint) {
    this.url = url;
    this.client = connectL1(url, blocksAtOnce === undefined ? {} : { blocksAtOnce });
    this.close = close;
  }

  static async start(blocksAtOnce?: bigint): Promise<FakeL1> {
    const all = z.union([z.array(request), request.transform((one) => [one])]);
    const holder: { l1?: FakeL1 } = {};
    const server = createServer((incoming, response) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("end", () => {
        const body: unknown = JSON.parse(Buffer.concat(chunks).toString());
        const answers = all.parse(body).map(({ id, method, params }) => {
          try {
            return { jsonrpc: "2.0", id, result: holder.l1?.answer(method, params) };
          } catch (error) {
            if (!(error instanceof Refusal)) throw error;
            return { jsonrpc: "2.0", id, error: { code: error.code, message: error.message } };
          }
        });
        response.setHeader("content-type", "application/json");
        response.end(JSON.stringify(Array.isArray(body) ? answers : answers[0]));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("no port");
    const close = (): Promise<void> =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      });
    return (holder.l1 = new FakeL1(`http://127.0.0.1:${address.port}`, close, blocksAtOnce));
  }

  register(rollup: ChainId, genesisRoot: StateRoot): void {
    this.#blocks++;
    this.#log(keccak256(toHex(`registration ${rollup}`)), {
      topics: encodeEventTopics({
        abi: rollupsAbi,
        eventName: "RollupRegistered",
        args: { rollup, owner: zeroAddress },
      }),
      data: encodeAbiParameters(
        [{ type: "address" }, { type: "bytes32[]" }, { type: "bytes32" }, { type: "bool" }],
        [zeroAddress, [], numberToHex(genesisRoot, { size: 32 }), false],
      ),
    });
  }

  /**
   * A block with these batches, all their executions taking effect in it.
   * @returns its number.
   */
  post(...postings: readonly Posting[]): number {
    const block = ++this.#blocks;
    postings.forEach(({ calldata, id = keccak256(calldata), visits, consumed, way = "direct" }, index) => {
      const transaction = keccak256(toHex(`${block}:${index}:${this.#fork.name}`));
      this.#inputs.set(transaction, way === "direct" ? calldata : "0x12345678");
      const topics = (eventName: "BatchData" | "BatchPosted" | "ExecutionConsumed") =>
        encodeEventTopics({ abi: rollupsAbi, eventName, args: { batch: id } });
      if (way === "relayed")
        this.#log(transaction, {
          topics: topics("BatchData"),
          data: encodeAbiParameters([{ type: "bytes" }], [calldata]),
        });
      this.#log(transaction, {
        topics: topics("BatchPosted"),
        data: encodeAbiParameters([{ type: "uint64" }, { type: "address" }], [1n, zeroAddress]),
      });
      for (const rollup of visits)
        this.#log(transaction, {
          topics: encodeEventTopics({
            abi: rollupsAbi,
            eventName: "RollupVisited",
            args: { rollup, batch: id },
          }),
          data: "0x",
        });
      for (const args of consumed)
        this.#log(transaction, {
          topics: topics("ExecutionConsumed"),
          data: encodeAbiParameters([{ type: "uint32" }, { type: "uint32" }], args),
        });
    });
    return block;
  }

  /** Takes back this block and all after it. */
  reorganise(block: number, name: string): void {
    this.#logs = this.#logs.filter((log) => log.block < block);
    this.#blocks = block - 1;
    this.#fork = { from: block, name };
  }

  /** Blocks in which nothing happens. */
  mine(count = 1): void {
    this.#blocks += count;
  }

  /** The node refuses, with this. */
  refuse(error: { readonly code: number; readonly message: string }): never {
    throw new Refusal(error);
  }

  /** L1's head, with these roots. */
  head(roots: ReadonlyMap<ChainId, StateRoot | undefined>): Head {
    const rollups = [...roots].map(([id, root]): [ChainId, L1Rollup] => [
      id,
      { root, balance: 0n, nativeToken: false },
    ]);
    const hash = this.#hashOf(this.#blocks);
    return {
      number: BigInt(this.#blocks),
      hash,
      parentHash: this.#hashOf(this.#blocks - 1),
      stateRoot: undefined,
      timestamp: 1n,
      rollups: new Map(rollups),
      next: {
        number: BigInt(this.#blocks + 1),
        parentHash: hash,
        timestamp: 2n,
        baseFeePerGas: 0n,
        gasLimit: 30_000_000n,
        coinbase: zeroAddress,
      },
    };
  }

  #log(transaction: Hex, { topics, data }: { topics: readonly unknown[]; data: Hex }): void {
    const texts = topics.map((topic) => z.templateLiteral(["0x", z.string()]).parse(topic));
    this.#logs.push({ block: this.#blocks, transaction, topics: texts, data });
  }

  #hashOf(block: number): Hex {
    return keccak256(toHex(`block ${block} ${block >= this.#fork.from ? this.#fork.name : ""}`));
  }

  answer(method: string, params: readonly unknown[]): unknown {
    this.asked.push(method);
    if (method === "eth_getLogs") {
      const { fromBlock, toBlock, topics } = filter.parse(params[0]);
      const last = toBlock === "latest" ? this.#blocks : Number(toBlock);
      this.ranges.push([Number(fromBlock), last]);
      this.beforeLogs([Number(fromBlock), last]);
      const { blocks = Infinity, results = Infinity, error } = this.limits ?? {};
      if (error !== undefined && last - Number(fromBlock) + 1 > blocks) throw new Refusal(error);
      const logs = this.#logs.flatMap((log, index) => {
        if (log.block < Number(fromBlock) || log.block > last) return [];
        const isWanted = topics.every((wanted, at) => {
          const own = log.topics[at]?.toLowerCase();
          if (wanted === null) return true;
          return (typeof wanted === "string" ? [wanted] : wanted).some((each) => each.toLowerCase() === own);
        });
        return isWanted ? [this.#shown(log, index)] : [];
      });
      if (error !== undefined && logs.length > results) throw new Refusal(error);
      return logs;
    }
    if (method === "eth_blockNumber") return numberToHex(this.#blocks);
    if (method === "eth_getTransactionByHash") {
      const hash = z.string().parse(params[0]);
      const input = this.#inputs.get(hash);
      return input === undefined ? null : { hash, input, type: "0x0", from: zeroAddress, nonce: "0x0" };
    }
    if (method === "eth_getBlockByNumber") {
      const number = Number(z.string().parse(params[0]));
      return { number: numberToHex(number), hash: this.#hashOf(number), transactions: [] };
    }
    throw new Error(`the fake L1 does not know ${method}`);
  }

  #shown({ block, transaction, topics, data }: FakeLog, index: number): unknown {
    return {
      address: MANAGER,
      topics,
      data,
      blockNumber: numberToHex(block),
      blockHash: this.#hashOf(block),
      transactionHash: transaction,
      transactionIndex: "0x0",
      logIndex: numberToHex(index),
      removed: false,
    };
  }
}

export { NO_HASH };
