import type { Address } from "viem";
import { z } from "zod";
import type { AccountOverride, BlockOverride } from "../../evm/call-request.ts";
import { isPrecompile } from "../../evm/precompiles.ts";
import {
  blockOverridesSchema,
  type CallParameters,
  callSchema,
  simulatedOverridesSchema,
} from "../call-request.ts";
import { InvalidParamsError } from "../json-rpc.ts";
import { SimulateError } from "./errors.ts";

/** What `eth_simulateV1` takes. */
export const payloadSchema = z.object({
  blockStateCalls: z
    .array(
      z.looseObject({
        blockOverrides: blockOverridesSchema.nullish(),
        stateOverrides: simulatedOverridesSchema.nullish(),
        calls: z.array(callSchema).nullish(),
      }),
    )
    .min(1, "no block is asked for"),
  traceTransfers: z.boolean().nullish(),
  validation: z.boolean().nullish(),
  returnFullTransactions: z.boolean().nullish(),
});

export type Payload = z.output<typeof payloadSchema>;

/** A block that is simulated. */
export interface PlannedBlock {
  readonly number: bigint;
  readonly timestamp: bigint;
  readonly overrides: BlockOverride;
  readonly accounts: readonly AccountOverride[];
  readonly precompiles: readonly { readonly from: Address; readonly to?: Address }[];
  readonly calls: readonly CallParameters[];
}

/** Most blocks, those in between counted. */
const MAX_BLOCKS = 256n;
/** Most calls in all blocks. */
const MAX_CALLS = 1_000;
/** Seconds from a block to the next, if nothing is said. */
const SLOT = 12n;

/**
 * The blocks that are asked for, and those between them.
 * @throws {SimulateError} when their numbers or times do not ascend.
 */
export function planBlocks(
  { blockStateCalls }: Payload,
  head: { readonly number: bigint; readonly timestamp: bigint },
): PlannedBlock[] {
  const calls = blockStateCalls.reduce((sum, block) => sum + (block.calls?.length ?? 0), 0);
  if (calls > MAX_CALLS) throw new InvalidParamsError(`more than ${MAX_CALLS} calls`);
  const blocks: PlannedBlock[] = [];
  let { number, timestamp } = head;
  for (const { blockOverrides, stateOverrides, calls: asked } of blockStateCalls) {
    const overrides = blockOverrides ?? {};
    const wanted = overrides.number ?? number + 1n;
    if (wanted <= number)
      throw new SimulateError(-38020, `block numbers must be in order: ${wanted} <= ${number}`);
    if (wanted - head.number > MAX_BLOCKS) throw new SimulateError(-38026, "too many blocks");
    for (; number + 1n < wanted; number++) {
      timestamp += SLOT;
      blocks.push(emptyBlock(number + 1n, timestamp));
    }
    const time = overrides.timestamp ?? timestamp + SLOT;
    if (time <= timestamp)
      throw new SimulateError(-38021, `block timestamps must be in order: ${time} <= ${timestamp}`);
    number = wanted;
    timestamp = time;
    const changed = stateOverrides ?? [];
    blocks.push({
      number,
      timestamp,
      overrides,
      accounts: changed.map(({ account }) => account),
      precompiles: changed.flatMap(movesOf),
      calls: asked ?? [],
    });
  }
  return blocks;
}

function emptyBlock(number: bigint, timestamp: bigint): PlannedBlock {
  return { number, timestamp, overrides: {}, accounts: [], precompiles: [], calls: [] };
}

function movesOf({
  account: { address, code },
  moveTo,
}: z.output<typeof simulatedOverridesSchema>[number]): PlannedBlock["precompiles"] {
  if (moveTo === undefined) return isPrecompile(address) && code !== undefined ? [{ from: address }] : [];
  if (!isPrecompile(address)) throw new SimulateError(-32000, `account ${address} is not a precompile`);
  if (moveTo === address) throw new SimulateError(-38022, `precompile ${address} is moved to itself`);
  return [{ from: address, to: moveTo }];
}
