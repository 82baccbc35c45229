import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import { lowerCase } from "../../../protocol/address.ts";
import { SYSTEM } from "../../../kinds/evm/system.ts";
import type { KeyProof } from "../../../state/types.ts";
import { addressSchema, parseParams } from "../../json-rpc.ts";
import type { Handler } from "../../service.ts";
import { blockTagSchema, readLatest, readState } from "./block-tag.ts";
import { UnsupportedRequestError } from "./errors.ts";
import { shownTransaction } from "./shown.ts";
import type { EvmRollupView } from "./view.ts";

const accountParams = z.tuple([addressSchema, blockTagSchema]);
/** A storage slot's number; leading zeros may be missing. */
const slotSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "not a storage slot")
  .transform((text) => numberToHex(BigInt(text), { size: 32 }));
/** Most slots that one request may read, as in geth. */
const MAX_READ_SLOTS = 1_024;
const storageRequestSchema = z
  .record(addressSchema, z.array(slotSchema))
  .refine((accounts) => Object.keys(accounts).length > 0, "no account is asked for")
  .refine(
    (accounts) => Object.values(accounts).flat().length <= MAX_READ_SLOTS,
    `more than ${MAX_READ_SLOTS} slots`,
  );
/** Most slots in one proof. */
const MAX_PROVEN_SLOTS = 256;

/** Methods that read the state. */
export function stateMethods(view: EvmRollupView): Readonly<Record<string, Handler>> {
  return {
    eth_getBalance: async ({ params }) => {
      const [address, tag] = parseParams(accountParams, params);
      return {
        result: await readState(view, tag, (store) => numberToHex(store.account(address)?.balance ?? 0n)),
      };
    },
    eth_getTransactionCount: async ({ params }) => {
      const [address, tag] = parseParams(accountParams, params);
      const latest = async () => await readState(view, tag, (store) => store.account(address)?.nonce ?? 0n);
      return { result: numberToHex(tag === "pending" ? await pendingNonce(view, address) : await latest()) };
    },
    eth_getCode: async ({ params }) => {
      const [address, tag] = parseParams(accountParams, params);
      return { result: await readState(view, tag, (store) => store.account(address)?.code ?? "0x") };
    },
    eth_getStorageAt: async ({ params }) => {
      const [address, slot, tag] = parseParams(z.tuple([addressSchema, slotSchema, blockTagSchema]), params);
      return { result: await readState(view, tag, (store) => store.slot(address, slot)) };
    },
    eth_getStorageValues: async ({ params }) => {
      const [wanted, tag] = parseParams(z.tuple([storageRequestSchema, blockTagSchema]), params);
      const values = await readState(view, tag, (store) =>
        Object.entries(wanted).map(
          ([address, slots]) =>
            [address, slots.map((slot) => store.slot(`0x${address.slice(2)}`, slot))] as const,
        ),
      );
      return { result: Object.fromEntries(values) };
    },
    eth_getProof: async ({ params }) => {
      parseParams(z.tuple([addressSchema, z.array(slotSchema), blockTagSchema]), params);
      const message =
        "the rollup's state is no Merkle Patricia trie, so there is no such proof; lockstep_getProof gives its own";
      throw new UnsupportedRequestError("UNSUPPORTED_PROOF", message);
    },
    lockstep_getProof: async ({ params }) => {
      const slots = z.array(slotSchema).max(MAX_PROVEN_SLOTS).default([]);
      const [address, names, tag] = parseParams(z.tuple([addressSchema, slots, blockTagSchema]), params);
      return { result: await proofOf(view, address, names, tag) };
    },
  };
}

/** The sender's next nonce, its transactions that wait counted. */
export async function pendingNonce(view: EvmRollupView, sender: Hex): Promise<bigint> {
  // The queue is read first: what is posted in between is then counted by both, and not by neither.
  const waiting = view
    .waiting()
    .map(({ data }) => shownTransaction(data, view.chainId))
    .filter((each) => each.sender === lowerCase(sender));
  const latest = await view.read(({ store }) => store.account(lowerCase(sender))?.nonce ?? 0n);
  return waiting.reduce((next, { nonce }) => (nonce >= next ? nonce + 1n : next), latest);
}

/**
 * `lockstep_getProof(address, slots, block)`: where the account and its slots stand in the rollup's tree,
 * whose root L1 holds (docs/spec.md sections 4 and 7; `README.md` in this gateway's folder says how to check
 * it).
 */
async function proofOf(
  view: EvmRollupView,
  address: Hex,
  slots: readonly Hex[],
  tag: z.output<typeof blockTagSchema>,
): Promise<unknown> {
  return await readLatest(view, tag, (store) => {
    const touched = { accounts: new Set([address, SYSTEM]), slots: new Map([[address, new Set(slots)]]) };
    const witness = store.witnessOf(touched);
    const proven = witness.accounts.find((each) => each.address === address);
    if (proven === undefined) throw new Error("a witness lacks what it was asked for");
    const { account, proof } = proven;
    return {
      address,
      stateRoot: numberToHex(store.stateRoot(), { size: 32 }),
      size: numberToHex(witness.size),
      block: {
        number: numberToHex(store.block.number),
        timestamp: numberToHex(store.block.timestamp),
        proof: rpcProof(witness.block.proof),
      },
      account:
        account === undefined
          ? null
          : {
              nonce: numberToHex(account.nonce),
              balance: numberToHex(account.balance),
              codeHash: account.codeHash,
            },
      proof: rpcProof(proof),
      slots: witness.slots.map(({ slot, word, proof: place }) => ({
        slot,
        value: word,
        proof: rpcProof(place),
      })),
    };
  });
}

/** A leaf and the way from it to the root: three siblings on each level, the lowest first. */
function rpcProof({ leaf, index, siblings }: KeyProof): unknown {
  const word = (value: bigint): Hex => numberToHex(value, { size: 32 });
  return {
    leaf: { key: word(leaf.key), nextKey: word(leaf.nextKey), value: word(leaf.value) },
    index: numberToHex(index),
    siblings: siblings.map((level) => level.map(word)),
  };
}
