import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import type { Chronicle } from "../../../kinds/evm/chronicle/chronicle.ts";
import type { ChronicleBlock } from "../../../kinds/evm/chronicle/types.ts";
import { BlockNotFoundError, HistoricalStateError } from "../../block-errors.ts";
import { blockQuantitySchema, hashSchema } from "../../json-rpc.ts";
import type { EvmRollupState, EvmRollupView } from "./view.ts";

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
 * Reads the state after the latest block, which is the only one there is.
 * @throws {HistoricalStateError} when an earlier one is asked for, {BlockNotFoundError}
 */
export async function readState<Result>(
  view: EvmRollupView,
  tag: BlockTag,
  work: (store: EvmRollupState["store"]) => Result,
): Promise<Result> {
  const chronicle = await view.read((state) => state.chronicle);
  const asked = await getBlock(view, chronicle, tag);
  const follows = tag === "latest" || tag === "pending";
  return await view.read(({ store, chronicle: { latest } }) => {
    if (!follows && asked.hash !== latest.hash)
      throw new HistoricalStateError(
        `the state after block ${asked.number} is not kept, only that after the latest, ${latest.number}; ` +
          'ask for "latest"',
      );
    return work(store);
  });
}

function nameOf(tag: BlockTag): string {
  if (typeof tag === "object") return tag.hash;
  return typeof tag === "bigint" ? numberToHex(tag) : tag;
}
