import { type Address, type Hex, keccak256, size } from "viem";
import type { SourceAccount, StateSource } from "../../../evm/state-source.ts";
import { OutOfRangeError, type StateRoot } from "../../../protocol/ids.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import type { KeyProof } from "../../../state/types.ts";
import type { BlockState } from "../state-types.ts";
import { codeHashOf } from "./code-hash.ts";
import type { Commitments } from "./commitments.ts";
import { StatementRefusedError } from "./errors.ts";
import { PartialTree } from "./partial-tree.ts";
import type { StateWitness } from "./state-witness.ts";

const NO_CODE: Hex = "0x";
const NO_CODE_HASH = keccak256(NO_CODE);
const NO_ACCOUNT: SourceAccount = { nonce: 0n, balance: 0n, code: NO_CODE };
const ZERO: Hex = `0x${"00".repeat(32)}`;
const ADDRESS = /^0x[0-9a-f]{40}$/;
const WORD = /^0x[0-9a-f]{64}$/;
const CODE = /^0x([0-9a-f]{2})+$/;

/** What a transaction left behind. An account that is `undefined` is gone, with its slots. */
export interface Writes {
  readonly accounts: ReadonlyMap<Address, SourceAccount | undefined>;
  readonly slots: ReadonlyMap<Address, ReadonlyMap<Hex, Hex>>;
  readonly block: BlockState;
}

/**
 * The state before a visit as far as its witness proves it, and then after each of its transactions. Reading
 * anything else is refused, and remembered: an EVM might take the refusal for a failure of the contract it
 * runs.
 */
export class WitnessedState implements StateSource {
  readonly tree: PartialTree;
  #block: BlockState;
  readonly #accounts = new Map<Address, SourceAccount>();
  readonly #slots = new Map<Address, Map<Hex, Hex>>();
  #missing: StatementRefusedError | undefined;

  private constructor(tree: PartialTree, block: BlockState) {
    this.tree = tree;
    this.#block = block;
  }

  /**
   * Checks every part of a witness under `root`.
   * @throws {StatementRefusedError}
   */
  static verify(
    witness: StateWitness,
    root: StateRoot,
    poseidon: Poseidon,
    layout: Commitments,
  ): WitnessedState {
    try {
      return WitnessedState.#verify(witness, root, poseidon, layout);
    } catch (error) {
      if (!(error instanceof OutOfRangeError)) throw error;
      throw new StatementRefusedError("WITNESS_MALFORMED", error.message, { cause: error });
    }
  }

  static #verify(
    witness: StateWitness,
    root: StateRoot,
    poseidon: Poseidon,
    layout: Commitments,
  ): WitnessedState {
    const { block, accounts, slots } = witness;
    const tree = new PartialTree(poseidon, root, witness.size, witness.nextPlace);
    const state = new WitnessedState(tree, block.state);
    /** Has the proof's leaf say that `value` is at `key`. */
    const proven = (what: string, key: bigint, value: bigint, proof: KeyProof): void => {
      tree.add(what, proof);
      const { leaf } = proof;
      const shows = leaf.key === key || (leaf.key < key && (leaf.nextKey === 0n || leaf.nextKey > key));
      if (!shows) throw new StatementRefusedError("WITNESS_VALUE", `${what}: its leaf is another one's`);
      if ((leaf.key === key ? leaf.value : 0n) !== value)
        throw new StatementRefusedError("WITNESS_VALUE", `${what}: its leaf has another value`);
    };

    const isBlock =
      block.state.number !== 0n || block.state.timestamp !== 0n || block.proof.leaf.key === layout.block;
    proven("block", layout.block, isBlock ? layout.blockValue(block.state) : 0n, block.proof);

    const codes = codesByHash(witness.codes);
    const used = new Set<Hex>();
    for (const { address, account, proof } of accounts) {
      const what = `account ${address}`;
      if (!ADDRESS.test(address) || state.#accounts.has(address)) refuseShape(what);
      if (account === undefined) {
        proven(what, layout.account(address), 0n, proof);
        state.#accounts.set(address, NO_ACCOUNT);
        continue;
      }
      const { nonce, balance, codeHash } = account;
      const isEmpty = nonce === 0n && balance === 0n && codeHash === NO_CODE_HASH;
      const isInRange = nonce >= 0n && nonce < 1n << 64n && balance >= 0n && balance < 1n << 128n;
      if (isEmpty || !isInRange || !WORD.test(codeHash)) refuseShape(what);
      const code = codeHash === NO_CODE_HASH ? NO_CODE : codes.get(codeHash);
      if (code === undefined)
        throw new StatementRefusedError("WITNESS_CODE", `${what}: its code is not there`);
      used.add(codeHash);
      proven(what, layout.account(address), layout.accountValue({ nonce, balance, codeHash }), proof);
      state.#accounts.set(address, { nonce, balance, code });
    }
    for (const codeHash of codes.keys())
      if (!used.has(codeHash))
        throw new StatementRefusedError("WITNESS_CODE", `nobody has the code ${codeHash}`);

    for (const { address, slot, word, proof } of slots) {
      const what = `slot ${slot} of ${address}`;
      const words = state.#slots.get(address) ?? new Map<Hex, Hex>();
      if (!ADDRESS.test(address) || !WORD.test(slot) || !WORD.test(word) || words.has(slot))
        refuseShape(what);
      proven(what, layout.slot(address, slot), layout.slotValue(word), proof);
      state.#slots.set(address, words.set(slot, word));
    }
    return state;
  }

  get block(): BlockState {
    return this.#block;
  }

  /** The next transaction finds what one has written; its keys are in the tree already. */
  advance({ accounts, slots, block }: Writes): void {
    this.#block = block;
    for (const [address, words] of slots)
      this.#slots.set(address, new Map([...(this.#slots.get(address) ?? []), ...words]));
    for (const [address, account] of accounts) {
      this.#accounts.set(address, account ?? NO_ACCOUNT);
      if (account !== undefined) continue;
      this.#slots.set(address, new Map([...this.slotsOf(address)].map((slot) => [slot, ZERO])));
    }
  }

  /** What was read without being in the witness, if anything was. */
  get missing(): StatementRefusedError | undefined {
    return this.#missing;
  }

  account(address: Address): Promise<SourceAccount> {
    return this.#fromWitness(`account ${address}`, this.#accounts.get(address));
  }

  storage(address: Address, slot: Hex): Promise<Hex> {
    return this.#fromWitness(`slot ${slot} of ${address}`, this.#slots.get(address)?.get(slot));
  }

  /** Slots of an account that the witness shows. */
  slotsOf(address: Address): Iterable<Hex> {
    return this.#slots.get(address)?.keys() ?? [];
  }

  async #fromWitness<Value>(what: string, value: Value | undefined): Promise<Value> {
    if (value !== undefined) return value;
    this.#missing ??= new StatementRefusedError("NOT_WITNESSED", `${what} is not in the witness`);
    throw this.#missing;
  }
}

function codesByHash(codes: readonly Hex[]): Map<Hex, Hex> {
  const byHash = new Map<Hex, Hex>();
  for (const code of codes) {
    if (!CODE.test(code)) refuseShape("a code");
    const codeHash = codeHashOf(code);
    if (byHash.has(codeHash)) refuseShape(`code of ${size(code)} bytes`);
    byHash.set(codeHash, code);
  }
  return byHash;
}

function refuseShape(what: string): never {
  throw new StatementRefusedError("WITNESS_MALFORMED", `${what}: malformed, or there twice`);
}
