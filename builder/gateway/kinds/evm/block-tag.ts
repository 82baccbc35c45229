import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Chronicle } from "../../../kinds/evm/chronicle/chronicle.ts";
import type { ChronicleBlock } from "../../../kinds/evm/chronicle/types.ts";
import { BlockNotFoundError, HistoricalStateError } from "../../block-errors.ts";
import { blockQuantitySchema, hashSchema } from "../../json-rpc.ts";
import type { EvmRollupState, EvmRollupView, ReadState } from "./view.ts";

const nameSchema = z.enum(["earliest", "safe", "finalized", "latest", "pending"]);
/** A block by number or name. */
export const blockNumberSchema = z.union([nameSchema, blockQuantitySchema]);
const byNumber = z.object({ blockNumber: blockQuantitySchema }).transform(({ blockNumber }) => blockNumber);
const byHash = z.object({ blockHash: hashSchema }).transform(({ blockHash }) => ({ hash: blockHash }));
/** A block as EIP-1898 names one; the latest if nothing is given. */
export const blockTagSchema = z
  .union([hashSchema.transform((hash) => ({ hash })), blockNumberSchema, byHash, byNumber])
  .nullish()
  .transform((tag) => tag ?? "latest");

export type BlockTag = z.output<typeof nameSchema> | bigint | { readonly hash: Hex };

/**
 * Finds a block. `pending` stands for the latest one.
 * @returns nothing if there is none.
 */
export async function findBlock(
  view: EvmRollupView,
  chronicle: Chronicle,
  tag: BlockTag,
): Promise<ChronicleBlock | undefined> {
  if (typeof tag === "bigint") return await chronicle.block(tag);
  if (typeof tag === "object") return await chronicle.blockByHash(tag.hash);
  if (tag === "earliest") return await chronicle.block(0n);
  // A block of the rollup is as final as the block of L1 that it is in.
  if (tag === "safe" || tag === "finalized") return await chronicle.blockAtL1(await view.l1Block(tag));
  return chronicle.latest;
}

/**
 * The same.
 * @throws {BlockNotFoundError}
 */
export async function getBlock(
  view: EvmRollupView,
  chronicle: Chronicle,
  tag: BlockTag,
): Promise<ChronicleBlock> {
  const block = await findBlock(view, chronicle, tag);
  if (block === undefined) throw new BlockNotFoundError(`the rollup has no block ${nameOf(tag)}`);
  return block;
}

/**
 * Reads the state after a block.
 * @throws {HistoricalStateError} when it is not kept, {BlockNotFoundError}
 */
export async function readState<Result>(
  view: EvmRollupView,
  tag: BlockTag,
  work: (state: ReadState) => Result,
): Promise<Result> {
  return await readAfter(view, tag, ({ store, after }, earlier) => {
    const state = earlier === undefined ? store : after(earlier.number);
    return state?.block.timestamp === (earlier ?? store.block).timestamp
      ? { result: work(state) }
      : undefined;
  });
}

/**
 * Reads the state after the latest block, with what only that has.
 * @throws {HistoricalStateError} when another block is asked for, {BlockNotFoundError}
 */
export async function readLatest<Result>(
  view: EvmRollupView,
  tag: BlockTag,
  work: (store: EvmRollupState["store"]) => Result,
): Promise<Result> {
  return await readAfter(view, tag, ({ store }, earlier) =>
    earlier === undefined ? { result: work(store) } : undefined,
  );
}

/**
 * The block that is asked for, if it is an earlier one than the latest.
 * @throws {BlockNotFoundError}
 */
export async function earlierBlock(view: EvmRollupView, tag: BlockTag): Promise<ChronicleBlock | undefined> {
  if (tag === "latest" || tag === "pending") return undefined;
  const chronicle = await view.read((state) => state.chronicle);
  const asked = await getBlock(view, chronicle, tag);
  return asked.hash === chronicle.latest.hash ? undefined : asked;
}

async function readAfter<Result>(
  view: EvmRollupView,
  tag: BlockTag,
  read: (state: EvmRollupState, earlier: ChronicleBlock | undefined) => { result: Result } | undefined,
): Promise<Result> {
  const asked = await earlierBlock(view, tag);
  return await view.read((state) => {
    // It may have become the latest again.
    const answer = read(state, asked?.hash === state.chronicle.latest.hash ? undefined : asked);
    if (answer !== undefined) return answer.result;
    throw new HistoricalStateError(
      `historical state ${numberToHex(asked?.stateRoot ?? 0n, { size: 32 })} is not available: it is kept from ` +
        `block ${state.oldest} on, and what needs the whole state from the latest on`,
    );
  });
}

function nameOf(tag: BlockTag): string {
  if (typeof tag === "object") return tag.hash;
  return typeof tag === "bigint" ? numberToHex(tag) : tag;
}
