import { Account, createAddressFromString } from "@ethereumjs/util";
import { type Address, hexToBytes, size } from "viem";
import { MAX_CODE_BYTES } from "../../../evm/code-size.ts";
import { LOCAL_EVM_CHAIN_IDS } from "../../../proving/keys/policy.ts";
import { InvalidL2TransactionError } from "../../errors.ts";
import type { RollupState } from "../execution/rollup-state.ts";
import { SYSTEM } from "../system.ts";
import { CHEATS, CHEATS_ADDRESS } from "./account.ts";
import { type Cheat, decodeCheat, type NumberedCheat } from "./envelope.ts";

/** Balances and nonces are below these. */
const BALANCES = 1n << 128n;
const NONCES = (1n << 64n) - 1n;

/** Where a cheat is to take effect. */
export interface CheatedChain {
  readonly state: RollupState;
  /** EVM chain id of the rollup. */
  readonly chainId: bigint;
  /** EVM chain id of L1. */
  readonly l1ChainId: bigint;
}

/**
 * The cheat that comes next on this rollup.
 * @throws {InvalidL2TransactionError}
 */
export async function nextCheat(
  data: `0x${string}`,
  { state, chainId, l1ChainId }: CheatedChain,
): Promise<NumberedCheat> {
  if (!LOCAL_EVM_CHAIN_IDS.includes(l1ChainId))
    throw new InvalidL2TransactionError(`there are no cheats on chain ${l1ChainId}`);
  const cheat = decodeCheat(data);
  if (cheat.chainId !== chainId)
    throw new InvalidL2TransactionError(`the cheat is for chain ${cheat.chainId}, this one is ${chainId}`);
  const { nonce } = await accountOf(state, CHEATS);
  if (cheat.number !== nonce || nonce >= NONCES)
    throw new InvalidL2TransactionError(`the cheat has number ${cheat.number}, the next is ${nonce}`);
  const changed = changedBy(cheat.cheat);
  if (changed === CHEATS || changed === SYSTEM)
    throw new InvalidL2TransactionError(`${changed} is the rollup's own: no cheat changes it`);
  return cheat;
}

function changedBy(cheat: Cheat): Address | undefined {
  if (cheat.do === "pass") return undefined;
  return cheat.do === "transact" ? cheat.sender : cheat.account;
}

/**
 * Does what sets the state.
 * @throws {InvalidL2TransactionError} with nothing done.
 */
export async function applyCheat(
  state: RollupState,
  cheat: Exclude<Cheat, { do: "transact" }>,
): Promise<void> {
  if (cheat.do === "pass") return;
  const { account: address } = cheat;
  const to = createAddressFromString(address);
  const account = await accountOf(state, address);
  switch (cheat.do) {
    case "setBalance":
      await moveTo(state, address, cheat.balance);
      return;
    case "setNonce":
      if (cheat.nonce < account.nonce || cheat.nonce >= NONCES)
        throw new InvalidL2TransactionError(
          `the nonce of ${address} goes from ${account.nonce} upwards only`,
        );
      await state.putAccount(to, withFields(account, { nonce: cheat.nonce }));
      return;
    case "setCode":
      if (size(cheat.code) > MAX_CODE_BYTES)
        throw new InvalidL2TransactionError(`a code has at most ${MAX_CODE_BYTES} bytes`);
      await state.putCode(to, hexToBytes(cheat.code));
      return;
    case "setStorage":
      await state.putStorage(to, hexToBytes(cheat.slot), hexToBytes(cheat.word));
      return;
  }
}

/** No Ether comes into being: the account that stands for cheats has the difference, or gets it. */
async function moveTo(state: RollupState, address: Address, balance: bigint): Promise<void> {
  if (balance >= BALANCES) throw new InvalidL2TransactionError("a balance is below 2^128");
  const account = await accountOf(state, address);
  const cheats = await accountOf(state, CHEATS);
  const left = cheats.balance + account.balance - balance;
  if (left < 0n)
    throw new InvalidL2TransactionError(
      `${address} lacks ${balance - account.balance} wei, and ${CHEATS} has ${cheats.balance}: no cheat makes Ether`,
    );
  await state.putAccount(createAddressFromString(address), withFields(account, { balance }));
  await state.putAccount(CHEATS_ADDRESS, withFields(cheats, { balance: left }));
}

/** Counts a cheat that has taken effect. */
export async function countCheat(state: RollupState): Promise<void> {
  const cheats = await accountOf(state, CHEATS);
  await state.putAccount(CHEATS_ADDRESS, withFields(cheats, { nonce: cheats.nonce + 1n }));
}

async function accountOf(state: RollupState, address: Address): Promise<Account> {
  return (await state.getAccount(createAddressFromString(address))) ?? new Account();
}

function withFields(
  { nonce, balance, codeHash }: Account,
  fields: { nonce?: bigint; balance?: bigint },
): Account {
  return new Account(fields.nonce ?? nonce, fields.balance ?? balance, undefined, codeHash);
}
