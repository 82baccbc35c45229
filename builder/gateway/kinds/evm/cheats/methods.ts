import { type Hex, numberToHex } from "viem";
import { z } from "zod";
import {
  addressSchema,
  type Answer,
  bytesSchema,
  hashSchema,
  InvalidParamsError,
  parseParams,
  quantitySchema,
  RpcCode,
} from "../../../json-rpc.ts";
import type { Handler } from "../../../service.ts";
import type { Upstream } from "../../../upstream.ts";
import type { Backend } from "../../../backend.ts";
import type { EvmRollupView } from "../view.ts";
import type { Cheating } from "./cheating.ts";
import type { Impersonated } from "./impersonated.ts";

/** Blocks that one request makes, at most: each takes a batch of its own. */
const MOST_BLOCKS = 32n;

const slotSchema = quantitySchema.transform((slot) => numberToHex(slot, { size: 32 }));
const setBalance = z.tuple([addressSchema, quantitySchema]);
const setCode = z.tuple([addressSchema, bytesSchema]);
const setStorage = z.tuple([addressSchema, slotSchema, hashSchema]);
const mine = z.tuple([quantitySchema.nullish(), quantitySchema.nullish()]);
const seconds = z.tuple([z.union([quantitySchema, z.number().int().nonnegative().transform(BigInt)])]);

export interface CheatContext {
  readonly view: EvmRollupView;
  readonly cheating: Cheating;
  readonly impersonated: Impersonated;
  /** L1's node. */
  readonly upstream: Upstream;
  readonly takeBack: Backend["takeBack"];
  readonly quiet: Backend["quiet"];
}

/** What cannot be had on a rollup, and what to do. */
const REFUSED: Readonly<Record<string, string>> = {
  hardhat_reset: "take a snapshot on L1's gateway (evm_snapshot) and go back to it",
  hardhat_dropTransaction: "a transaction is replaced by another of its sender's with the same nonce",
  hardhat_setCoinbase: "the coinbase of a rollup's blocks is the zero address",
  hardhat_setPrevRandao: "PREVRANDAO is 0 on a rollup",
  hardhat_setNextBlockBaseFeePerGas: "a rollup's base fee is 0",
  hardhat_setMinGasPrice: "a rollup's base fee is 0",
  evm_setBlockGasLimit: "a rollup's blocks have the gas limit of docs/spec.md section 7",
  evm_setAutomine: "a rollup's block is made when a batch takes effect on L1",
  evm_setIntervalMining: "a rollup's block is made when a batch takes effect on L1",
};

/** Cheat codes of a rollup that was registered for tests, each a step on L1 (docs/spec.md section 9). */
export function cheatMethods(context: CheatContext): Readonly<Record<string, Handler>> {
  const { view, cheating, impersonated, upstream, takeBack, quiet } = context;
  const done: Answer = { result: true };
  const toL1: Handler = async ({ method, params }) => await upstream.forward({ method, params });
  const own: Readonly<Record<string, Handler>> = {
    setBalance: async ({ params }) => {
      const [account, balance] = parseParams(setBalance, params);
      if (balance >= 1n << 128n) throw new InvalidParamsError("1: a rollup's Ether is below 2^128 wei");
      await cheating.apply({ do: "setBalance", account, balance });
      return done;
    },
    setNonce: async ({ params }) => {
      const [account, nonce] = parseParams(setBalance, params);
      if (nonce >= 1n << 64n) throw new InvalidParamsError("1: a nonce is below 2^64");
      await cheating.apply({ do: "setNonce", account, nonce });
      return done;
    },
    setCode: async ({ params }) => {
      const [account, code] = parseParams(setCode, params);
      await cheating.apply({ do: "setCode", account, code: lowerCase(code) });
      return done;
    },
    setStorageAt: async ({ params }) => {
      const [account, slot, word] = parseParams(setStorage, params);
      await cheating.apply({ do: "setStorage", account, slot, word });
      return done;
    },
    impersonateAccount: async ({ params }) => {
      impersonated.add(parseParams(z.tuple([addressSchema]), params)[0]);
      return done;
    },
    stopImpersonatingAccount: async ({ params }) => ({
      result: impersonated.delete(parseParams(z.tuple([addressSchema]), params)[0]),
    }),
    mine: async ({ params }) => {
      const [blocks, interval] = parseParams(mine, params);
      if ((interval ?? 1n) !== 1n)
        throw new InvalidParamsError("1: a rollup's time is L1's; move it with evm_increaseTime");
      await pass(blocks ?? 1n);
      return done;
    },
  };
  /** L1's clock goes first, by a block there: the next batch is one second after its newest block. */
  const moveTime = async (method: string, time: bigint): Promise<Answer> => {
    const answer = await upstream.forward({ method, params: [numberToHex(time)] });
    if ("error" in answer) return answer;
    const mined = await upstream.forward({ method: "evm_mine", params: [] });
    return "error" in mined ? mined : answer;
  };
  const methods: Record<string, Handler> = {
    evm_mine: async ({ params }) => {
      if (params.length > 0)
        throw new InvalidParamsError("0: say when with evm_setNextBlockTimestamp, then mine");
      await pass(1n);
      return { result: "0x0" };
    },
    evm_increaseTime: async ({ params }) =>
      await moveTime("evm_increaseTime", parseParams(seconds, params)[0]),
    evm_setNextBlockTimestamp: async ({ params }) => {
      const [timestamp] = parseParams(seconds, params);
      return await moveTime("evm_setNextBlockTimestamp", timestamp - 1n);
    },
    // All chains are one history, which L1 has.
    evm_snapshot: async (request) => {
      await quiet();
      return await toL1(request);
    },
    evm_revert: async (request) => await takeBack(() => toL1(request)),
    // Network helpers look for the name of a node whose cheats they know.
    web3_clientVersion: async () => ({ result: "hardhat-compatible/lockstep" }),
  };
  for (const [name, handler] of Object.entries(own))
    for (const prefix of ["hardhat", "anvil"]) methods[`${prefix}_${name}`] = handler;
  for (const [method, instead] of Object.entries(REFUSED))
    for (const name of [method, method.replace(/^(hardhat|evm)_/, "anvil_")])
      methods[name] = async () => ({
        error: { code: RpcCode.METHOD_NOT_FOUND, message: `${name} is not for a rollup: ${instead}` },
      });
  return methods;

  async function pass(blocks: bigint): Promise<void> {
    if (blocks < 1n || blocks > MOST_BLOCKS)
      throw new InvalidParamsError(
        `0: a rollup's block is a batch on L1, so at most ${MOST_BLOCKS} are made at once`,
      );
    for (let made = 0n; made < blocks; made++) await cheating.apply({ do: "pass" });
    await view.read(() => undefined);
  }
}

function lowerCase(code: Hex): Hex {
  return `0x${code.slice(2).toLowerCase()}`;
}
