import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { CallRequest } from "../../../evm/call-request.ts";
import { InvalidTransactionError } from "../../../evm/call-request.ts";
import type { ChronicleTransaction } from "../../../kinds/evm/chronicle/types.ts";
import { SYSTEM } from "../../../kinds/evm/system.ts";
import { OPERATION_GAS } from "../../../kinds/evm/execution/environment.ts";
import { LockstepError } from "../../../protocol/errors.ts";
import { failureOf } from "../../../simulate/outcome.ts";
import {
  accessListGas,
  type CallParameters,
  callRequest,
  callSchema,
  overrideParams,
} from "../../call-request.ts";
import { BlockNotFoundError } from "../../block-errors.ts";
import { type SimulatedChain, simulateMethod } from "../../simulate/simulate.ts";
import { bisectGasLimit, findGasLimit } from "../../estimate.ts";
import { InvalidParamsError, parseParams, quantitySchema } from "../../json-rpc.ts";
import type { Handler } from "../../service.ts";
import {
  blockNumberSchema,
  type BlockTag,
  blockTagSchema,
  earlierBlock,
  findBlock,
  getBlock,
  readLatest,
  readState,
} from "./block-tag.ts";
import { effectiveGasPrice } from "./format.ts";
import type { CallOutcome, CallPlace, EvmRollupView } from "./view.ts";

const callParams = z.tuple([callSchema, blockTagSchema, ...overrideParams]);
/** Most blocks that `eth_feeHistory` tells of, as in geth. */
const MAX_FEE_BLOCKS = 1_024n;
const feeParams = z.tuple([
  z.union([quantitySchema, z.number().int().nonnegative().transform(BigInt)]),
  blockNumberSchema,
  z.array(z.number().min(0).max(100)).max(100).refine(isAscending, "percentiles have to ascend").nullish(),
]);

function isAscending(numbers: readonly number[]): boolean {
  return numbers.every((number, index) => index === 0 || number >= (numbers[index - 1] ?? 0));
}

/** Methods that play calls, and what they would cost. */
export function callMethods(view: EvmRollupView): Readonly<Record<string, Handler>> {
  return {
    eth_call: async ({ params }) => {
      const { request, place } = await simulatedCall(view, params);
      const outcome = await view.call(request, place);
      if (!outcome.success) throw revertOf(view, outcome);
      return { result: outcome.output };
    },
    eth_estimateGas: async ({ params }) => {
      const { request, place, call } = await simulatedCall(view, params, "pending");
      return { result: numberToHex((await estimate(view, request, place)) + accessListGas(call)) };
    },
    eth_createAccessList: async ({ params }) => {
      const { request, place } = await simulatedCall(view, params, "pending");
      const outcome = await view.call(request, place);
      const { success, gasUsed } = outcome;
      const accessList = accessListOf(outcome, request);
      return {
        result: {
          accessList,
          ...(success ? {} : { error: revertOf(view, outcome).message }),
          gasUsed: numberToHex(gasUsed + accessListGas({ accessList })),
        },
      };
    },
    eth_simulateV1: simulateMethod(simulatedChain(view)),
    eth_gasPrice: async () => ({ result: "0x0" }),
    eth_baseFee: async () => ({ result: "0x0" }),
    eth_blobBaseFee: async () => ({ result: "0x0" }),
    eth_maxPriorityFeePerGas: async () => ({ result: "0x0" }),
    eth_feeHistory: async ({ params }) => {
      const [count, newest, percentiles] = parseParams(feeParams, params);
      return { result: await feeHistory(view, count, newest, percentiles ?? undefined) };
    },
  };
}

/**
 * Gas with which a call that is to be sent succeeds on what waits before it.
 * @throws {TransactionRevertedError}
 */
export async function estimateCall(view: EvmRollupView, call: CallParameters): Promise<bigint> {
  return (await estimate(view, callRequest(call), "pending")) + accessListGas(call);
}

async function estimate(view: EvmRollupView, request: CallRequest, place: CallPlace): Promise<bigint> {
  const outcome = await view.call(request, place, "include");
  if (!outcome.success) throw revertOf(view, outcome);
  const { gasUsed, l1Calls, l1Failures } = outcome;
  const succeedsWith = async (gas: bigint): Promise<boolean> =>
    await succeeds(view, { ...request, gas }, place, l1Failures);
  // What is left to a call is what its callee on L1 gets, which the gas used says nothing about.
  if (l1Calls > 0) return await bisectGasLimit(gasUsed, request.gas, succeedsWith);
  // Most calls need exactly what they use: a plain transfer, above all.
  if (gasUsed < request.gas && (await succeedsWith(gasUsed))) return gasUsed;
  return await findGasLimit(gasUsed, request.gas, succeedsWith);
}

/**
 * A limit that is too low can also make a call on another chain be refused by name.
 * @param failures of calls to L1 that have nothing to do with gas. With more of them it is too low, even if
 * they are caught.
 */
async function succeeds(
  view: EvmRollupView,
  request: CallRequest,
  place: CallPlace,
  failures: number,
): Promise<boolean> {
  try {
    const { success, l1Failures } = await view.call(request, place, "include");
    return success && l1Failures <= failures;
  } catch (error) {
    const isTooLow =
      error instanceof InvalidTransactionError ||
      (error instanceof LockstepError && error.code === "INSUFFICIENT_GAS");
    if (isTooLow) return false;
    throw error;
  }
}

function revertOf({ rollup }: EvmRollupView, outcome: CallOutcome): LockstepError {
  const { output: data, operations, crossed } = outcome;
  const [frame] = operations;
  return failureOf({ chain: rollup, frame, crossed, data, failure: frame?.error });
}

/** The rollup's head, and calls on it. */
function simulatedChain(view: EvmRollupView): SimulatedChain {
  return {
    chainId: view.chainId,
    headOf: async (given) => {
      const [tag] = parseParams(z.tuple([blockTagSchema]), [given]);
      const chronicle = await view.read((state) => state.chronicle);
      if ((await findBlock(view, chronicle, tag)) === undefined) throw new BlockNotFoundError();
      return await readLatest(view, tag, ({ block }) => {
        const { hash, stateRoot } = chronicle.latest;
        const root = numberToHex(stateRoot, { size: 32 });
        return { ...block, hash, stateRoot: root, gasLimit: OPERATION_GAS, baseFeePerGas: 0n };
      });
    },
    play: async (requests) =>
      (await view.callAll(requests)).map(({ operations: [frame], ...outcome }) => ({
        ...outcome,
        frame,
        failure: frame?.error,
      })),
  };
}

/** What EIP-2930 would have named: what is warm anyway is left out, as long as no slot of it was read. */
function accessListOf({ accessed }: CallOutcome, { from, to }: CallRequest) {
  return [...accessed].flatMap(([address, slots]) => {
    const isWarm =
      address === from || address === to || address === SYSTEM || BigInt(address) <= LAST_PRECOMPILE;
    return isWarm && slots.size === 0 ? [] : [{ address, storageKeys: [...slots] }];
  });
}

/** The greatest address of a precompiled contract, as far as they count (P256VERIFY). */
const LAST_PRECOMPILE = 0x100n;

/**
 * What to play. The EVM is told of the block whose state it is; at `pending` of the one to come.
 * @throws {HistoricalStateError}
 */
export async function simulatedCall(
  view: EvmRollupView,
  params: readonly unknown[],
  standard: BlockTag = "latest",
): Promise<{ call: CallParameters; request: CallRequest; place: CallPlace }> {
  const [call, tag, overrides, block] = parseParams(callParams, params);
  const asked = params[1] === undefined || params[1] === null ? standard : tag;
  const earlier = await earlierBlock(view, asked);
  const place = earlier?.number ?? (asked === "pending" ? asked : "latest");
  const at = place === "pending" ? {} : await readState(view, asked, (state) => ({ ...state.block }));
  const surroundings = {
    ...(overrides === undefined ? {} : { overrides }),
    ...(place === "pending" && block === undefined ? {} : { block: { ...at, ...block } }),
  };
  return { call, request: callRequest(call, surroundings), place };
}

/** @param percentiles of the priority fees by gas used. */
async function feeHistory(
  view: EvmRollupView,
  count: bigint,
  newest: BlockTag,
  percentiles: readonly number[] | undefined,
): Promise<unknown> {
  const chronicle = await view.read((state) => state.chronicle);
  const last = await getBlock(view, chronicle, newest);
  if (count < 1n) throw new InvalidParamsError("at least one block has to be asked for");
  const wanted = count < MAX_FEE_BLOCKS ? count : MAX_FEE_BLOCKS;
  const oldest = last.number + 1n > wanted ? last.number + 1n - wanted : 0n;
  const gasUsedRatio: number[] = [];
  const reward: Hex[][] = [];
  for (let number = oldest; number <= last.number; number++) {
    const block = await getBlock(view, chronicle, number);
    gasUsedRatio.push(Number(block.gasUsed) / Number(OPERATION_GAS));
    if (percentiles === undefined) continue;
    const transactions = await chronicle.transactionsOf(block);
    reward.push(rewards(transactions, view.chainId, percentiles));
  }
  return {
    oldestBlock: numberToHex(oldest),
    baseFeePerGas: Array.from({ length: gasUsedRatio.length + 1 }, () => "0x0"),
    gasUsedRatio,
    ...(percentiles === undefined ? {} : { reward }),
  };
}

function rewards(
  transactions: readonly ChronicleTransaction[],
  chainId: bigint,
  percentiles: readonly number[],
): Hex[] {
  const fees = transactions
    .map((transaction) => ({
      fee: effectiveGasPrice(transaction, chainId),
      gas: transaction.receipt.gasUsed,
    }))
    .toSorted((a, b) => Number(a.fee - b.fee));
  const total = fees.reduce((sum, { gas }) => sum + gas, 0n);
  return percentiles.map((percentile) => {
    const threshold = (Number(total) * percentile) / 100;
    let sum = 0;
    for (const { fee, gas } of fees) {
      sum += Number(gas);
      if (sum >= threshold) return numberToHex(fee);
    }
    return "0x0";
  });
}
