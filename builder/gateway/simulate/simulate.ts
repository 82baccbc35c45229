import { type Address, concatHex, type Hex, keccak256, numberToHex, pad, zeroAddress, zeroHash } from "viem";
import { z } from "zod";
import { MAX_TRANSACTION_GAS } from "../../batch/limits.ts";
import type { CallFrame } from "../../evm/call-frame.ts";
import { bloomOf, type EvmLog } from "../../evm/logs.ts";
import { revertMessage } from "../../evm/revert-reason.ts";
import type { CallRequest } from "../../simulate/outcome.ts";
import { type CallParameters, callRequest } from "../call-request.ts";
import { parseParams, RpcCode } from "../json-rpc.ts";
import type { Handler } from "../service.ts";
import { SimulateError, simulateError } from "./errors.ts";
import { payloadSchema, type PlannedBlock, planBlocks } from "./plan.ts";

/** How a simulated call ended. */
export interface SimulatedCall {
  readonly success: boolean;
  readonly output: Hex;
  /** In the EVM's words, if it failed. */
  readonly failure?: string | undefined;
  readonly gasUsed: bigint;
  readonly logs: readonly EvmLog[];
  readonly frame?: CallFrame | undefined;
}

/** The block on which is simulated. */
export interface SimulatedHead {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly hash: Hex;
  readonly stateRoot: Hex;
  readonly gasLimit: bigint;
  /** Wei per gas of the block after it. */
  readonly baseFeePerGas: bigint;
}

/** A chain on which calls are simulated, of which all other chains are part. */
export interface SimulatedChain {
  readonly chainId: bigint;
  /**
   * The head, under any of its names.
   * @throws if the block is another.
   */
  headOf(tag: unknown): Promise<SimulatedHead>;
  /** Plays the calls, each on what the ones before left. */
  play(requests: readonly CallRequest[]): Promise<SimulatedCall[]>;
}

const params = z.tuple([payloadSchema, z.unknown()]);
/** Where transfers of Ether are shown to come from (ERC-7528), and as what. */
const ETHER: Address = "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee";
const TRANSFER: Hex = "0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef";
const MAX_NONCE = (1n << 64n) - 1n;
const NO_UNCLES = keccak256("0xc0");

/** `eth_simulateV1`: calls in blocks to come. They may leave the chain, as every call. */
export function simulateMethod(chain: SimulatedChain): Handler {
  return async ({ params: given }) => {
    const [payload, tag] = parseParams(params, [given[0], given[1]]);
    const head = await chain.headOf(tag ?? "latest");
    const blocks = planBlocks(payload, head);
    const validation = payload.validation === true;
    const requests = requestsOf(blocks, head, validation);
    let played: SimulatedCall[];
    try {
      played = await chain.play(requests.flat());
    } catch (error) {
      throw simulateError(error);
    }
    const results: unknown[] = [];
    let parent = head.hash;
    let from = 0;
    for (const [index, block] of blocks.entries()) {
      const own = requests[index] ?? [];
      const calls = played.slice(from, (from += own.length));
      const transfers = payload.traceTransfers === true;
      const shown = showBlock(chain, { block, head, parent, requests: own, calls, transfers });
      parent = shown.hash;
      const transactions = payload.returnFullTransactions === true ? shown.full : shown.hashes;
      results.push({ ...shown.header, transactions, uncles: [], calls: shown.results });
    }
    return { result: results };
  };
}

/** What is played: what a block takes accounts for comes with the first call after it. */
function requestsOf(
  blocks: readonly PlannedBlock[],
  head: SimulatedHead,
  validation: boolean,
): CallRequest[][] {
  let overrides: NonNullable<CallRequest["overrides"]>[number][] = [];
  const precompiles: NonNullable<CallRequest["precompiles"]>[number][] = [];
  let baseFeePerGas = validation ? head.baseFeePerGas : 0n;
  return blocks.map((block) => {
    // What a block's fee leads to in the next one is left out: it stays until it is said again.
    baseFeePerGas = block.overrides.baseFeePerGas ?? baseFeePerGas;
    overrides.push(...block.accounts);
    precompiles.push(...block.precompiles);
    const { number, timestamp } = block;
    const gasLimit = block.overrides.gasLimit ?? head.gasLimit;
    const environment = {
      coinbase: zeroAddress,
      ...block.overrides,
      number,
      timestamp,
      baseFeePerGas,
      gasLimit,
    };
    return block.calls.map((call) => {
      const gas = call.gas ?? gasLimit;
      if (gas > gasLimit) throw new SimulateError(-38015, `block gas limit reached: ${gas} > ${gasLimit}`);
      const overridden = overrides.findLast(({ address }) => address === call.from)?.nonce;
      if (validation && (call.nonce ?? overridden) === MAX_NONCE)
        throw new SimulateError(-32603, "err: nonce has max value");
      const fee = call.maxFeePerGas ?? call.gasPrice ?? 0n;
      if (validation && fee < baseFeePerGas)
        throw new SimulateError(
          -38012,
          `err: max fee per gas less than block base fee: address ${call.from ?? zeroAddress}, ` +
            `maxFeePerGas: ${fee}, baseFee: ${baseFeePerGas}`,
        );
      const capped = gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS;
      const request: CallRequest = {
        ...callRequest({ ...call, gas: capped }),
        gasPrice: fee,
        block: environment,
        overrides,
        precompiles: [...precompiles],
        upfront: fee * capped,
        ...(validation && call.nonce !== undefined ? { nonce: call.nonce } : {}),
      };
      overrides = [];
      return request;
    });
  });
}

interface SimulatedBlock {
  readonly block: PlannedBlock;
  readonly head: SimulatedHead;
  readonly parent: Hex;
  readonly requests: readonly CallRequest[];
  readonly calls: readonly SimulatedCall[];
  readonly transfers: boolean;
}

function showBlock(
  chain: SimulatedChain,
  { block, head, parent, requests, calls, transfers }: SimulatedBlock,
) {
  const { number, timestamp, overrides } = block;
  const place = { blockNumber: numberToHex(number), blockTimestamp: numberToHex(timestamp) };
  const hashes = calls.map((_call, index) => hashOf(parent, number, index));
  // No block of the chain has it: it only tells simulated ones apart.
  const hash = keccak256(concatHex([parent, word(number), word(timestamp), ...hashes]));
  const logs = calls.map((call) => [...(transfers ? transfersOf(call) : []), ...call.logs]);
  let logIndex = 0;
  const results = calls.map((call, index) => {
    const gasUsed = numberToHex(call.gasUsed);
    const common = { returnData: call.output, gasUsed, maxUsedGas: gasUsed };
    if (!call.success) return { ...common, status: "0x0", logs: [], error: errorOf(call) };
    const shown = (logs[index] ?? []).map(({ address, topics, data }) => ({
      ...place,
      address,
      topics,
      data,
      blockHash: hash,
      transactionHash: hashes[index],
      transactionIndex: numberToHex(index),
      logIndex: numberToHex(logIndex++),
      removed: false,
    }));
    return { ...common, status: "0x1", logs: shown };
  });
  const header = {
    ...place,
    number: numberToHex(number),
    timestamp: numberToHex(timestamp),
    hash,
    parentHash: parent,
    sha3Uncles: NO_UNCLES,
    miner: overrides.coinbase ?? zeroAddress,
    stateRoot: head.stateRoot,
    transactionsRoot: zeroHash,
    receiptsRoot: zeroHash,
    logsBloom: bloomOf(calls.flatMap((call, index) => (call.success ? (logs[index] ?? []) : []))),
    difficulty: "0x0",
    gasLimit: numberToHex(overrides.gasLimit ?? head.gasLimit),
    gasUsed: numberToHex(calls.reduce((sum, { gasUsed }) => sum + gasUsed, 0n)),
    extraData: "0x",
    mixHash: overrides.prevRandao ?? zeroHash,
    nonce: "0x0000000000000000",
    baseFeePerGas: numberToHex(requests[0]?.block?.baseFeePerGas ?? overrides.baseFeePerGas ?? 0n),
    size: "0x0",
  };
  const full = requests.map((request, index) => ({
    ...place,
    ...unsigned(request, chain.chainId, block.calls[index]),
    hash: hashes[index],
    blockHash: hash,
    transactionIndex: numberToHex(index),
  }));
  const { blockNumber: _number, blockTimestamp: _time, ...own } = header;
  return { header: own, hash, hashes, full, results };
}

/** A call as the transaction that it would be, unsigned. */
function unsigned(
  { from, to, value, data, gas, gasPrice }: CallRequest,
  chainId: bigint,
  call?: CallParameters,
) {
  return {
    type: "0x2",
    chainId: numberToHex(chainId),
    nonce: numberToHex(call?.nonce ?? 0n),
    from,
    to: to ?? null,
    value: numberToHex(value),
    input: data,
    gas: numberToHex(gas),
    gasPrice: numberToHex(gasPrice),
    maxFeePerGas: numberToHex(gasPrice),
    maxPriorityFeePerGas: numberToHex(call?.maxPriorityFeePerGas ?? 0n),
    accessList: call?.accessList ?? [],
    v: "0x0",
    yParity: "0x0",
    r: "0x0",
    s: "0x0",
  };
}

function errorOf({ output, failure }: SimulatedCall) {
  if (failure === undefined || failure === "revert")
    return { code: RpcCode.REVERTED, message: revertMessage(output), data: output };
  return { code: -32015, message: `vm execution error: ${failure}` };
}

/** Ether that moved, as if it were a token; before the events of the call. */
function transfersOf({ frame }: SimulatedCall): EvmLog[] {
  if (frame === undefined || frame.error !== undefined) return [];
  const { type, from, to, value, calls } = frame;
  const moves =
    value > 0n && to !== undefined && (type === "CALL" || type === "CREATE" || type === "CREATE2");
  const own = moves ? [{ address: ETHER, topics: [TRANSFER, pad(from), pad(to)], data: word(value) }] : [];
  return [
    ...own,
    ...calls.flatMap((each) =>
      transfersOf({ frame: each, success: true, output: "0x", gasUsed: 0n, logs: [] }),
    ),
  ];
}

function hashOf(parent: Hex, number: bigint, index: number): Hex {
  return keccak256(concatHex([parent, word(number), word(BigInt(index))]));
}

function word(value: bigint): Hex {
  return numberToHex(value, { size: 32 });
}
