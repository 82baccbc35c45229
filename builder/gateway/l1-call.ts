import type { Hex } from "viem";
import { z } from "zod";
import type { Backend } from "./backend.ts";
import { InvalidTransactionError } from "../simulate/outcome.ts";
import { BlockNotFoundError, HistoricalStateError } from "./block-errors.ts";
import { LockstepError } from "../protocol/errors.ts";
import {
  type CallParameters,
  callRequest,
  callSchema,
  type CallSurroundings,
  overrideParams,
} from "./call-request.ts";
import { blockQuantitySchema, hashSchema, parseParams, type RpcRequest } from "./json-rpc.ts";
import type { CallRequest } from "../simulate/outcome.ts";
import type { SimulatedChain } from "./simulate/simulate.ts";

const nameSchema = z.enum(["earliest", "safe", "finalized", "latest", "pending"]);
/** A block as EIP-1898 names one. */
const blockSchema = z
  .union([
    nameSchema,
    // Before numbers: its digits could be one's.
    hashSchema.transform((hash) => ({ hash })),
    blockQuantitySchema,
    z.looseObject({ blockHash: hashSchema }).transform(({ blockHash }) => ({ hash: blockHash })),
    z.looseObject({ blockNumber: blockQuantitySchema }).transform(({ blockNumber }) => blockNumber),
  ])
  .nullish();
type Named = z.output<typeof blockSchema>;

const callParams = z.tuple([callSchema, blockSchema, ...overrideParams]);

/** A call that can be simulated: it is asked of L1's head, or of what waits on it. */
export interface HeadCall {
  readonly call: CallParameters;
  readonly request: CallRequest;
  readonly pending: boolean;
}

/**
 * What to simulate.
 * @param standard block if none is named.
 * @returns nothing for an earlier block than the head, or for a request that only the node understands.
 * @throws {InvalidParamsError}
 */
export async function headCall(
  builder: Pick<Backend, "l1">,
  { params }: RpcRequest,
  standard: "latest" | "pending" = "latest",
): Promise<HeadCall | undefined> {
  // What a call is has to be right; overrides of a form that is unknown here may be known to the node.
  const [call] = parseParams(z.tuple([callSchema], z.unknown()), params);
  const parsed = callParams.safeParse(params);
  if (!parsed.success) return undefined;
  const [, named, overrides, block] = parsed.data;
  const asked = named ?? standard;
  const pending = asked === "pending";
  const latest = pending ? undefined : await builder.l1.getBlock({ blockTag: "latest" });
  if (latest !== undefined && !(await isHead(builder, asked, latest))) return undefined;
  const surroundings: CallSurroundings = {
    ...(overrides === undefined ? {} : { overrides }),
    ...(latest === undefined && block === undefined ? {} : { block: { ...placeOf(latest), ...block } }),
  };
  return { call, request: callRequest(call, surroundings), pending };
}

function placeOf(latest: { number: bigint; timestamp: bigint } | undefined) {
  return latest === undefined ? {} : { number: latest.number, timestamp: latest.timestamp };
}

async function isHead(
  builder: Pick<Backend, "l1">,
  asked: NonNullable<Named>,
  latest: { readonly number: bigint; readonly hash: Hex },
): Promise<boolean> {
  if (asked === "latest") return true;
  if (typeof asked === "bigint") return asked === latest.number;
  if (typeof asked === "object") return asked.hash === latest.hash;
  if (asked === "earliest") return latest.number === 0n;
  return (await builder.l1.getBlock({ blockTag: asked })).hash === latest.hash;
}

/** L1's head under any of its names, and calls on it. */
export function simulatedL1(builder: Pick<Backend, "l1" | "l1ChainId" | "callAll">): SimulatedChain {
  return {
    chainId: builder.l1ChainId,
    headOf: async (given) => {
      const [named] = parseParams(z.tuple([blockSchema]), [given]);
      const [latest, pending] = await Promise.all([
        builder.l1.getBlock({ blockTag: "latest" }),
        builder.l1.getBlock({ blockTag: "pending" }),
      ]);
      const { number, timestamp, hash, stateRoot, gasLimit } = latest;
      const asked = named ?? "latest";
      if (typeof asked === "bigint" && asked > number) throw new BlockNotFoundError();
      if (asked !== "pending" && !(await isHead(builder, asked, latest)))
        throw new HistoricalStateError(LATEST_ONLY);
      return { number, timestamp, hash, stateRoot, gasLimit, baseFeePerGas: pending.baseFeePerGas ?? 0n };
    },
    play: async (requests) =>
      (await builder.callAll(requests)).map(({ data, trace, ...outcome }) => ({
        ...outcome,
        output: data,
        frame: trace,
      })),
  };
}

/** Calls are simulated on L1's head alone, where the rollups are. */
const LATEST_ONLY = 'calls are simulated on the latest block only; ask for "latest"';

/**
 * What L1's own rules refuse, or the simulation cannot do, is answered by the node in its own words.
 */
export async function unlessNodeKnowsBetter<Result>(
  play: () => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await play();
  } catch (error) {
    if (error instanceof LockstepError && !(error instanceof InvalidTransactionError)) throw error;
    return undefined;
  }
}
