import { accountLeaf } from "../../../../circuits/evm/state/account-leaf.ts";
import { blockLeaf } from "../../../../circuits/evm/state/block-leaf.ts";
import { BLOCK_KEY, DOMAIN } from "../../../../circuits/evm/state/constants.ts";
import { storageLeaf } from "../../../../circuits/evm/state/storage-leaf.ts";
import type { Poseidon } from "../../../state/poseidon.ts";
import { KEY_BITS } from "../../../state/types.ts";
import { blockOf } from "../execution/environment.ts";
import type { StateWitness } from "../reference/state-witness.ts";
import { accountFields, isNoAccount, slotFields } from "./fields.ts";
import { halves } from "../../../proving/bus/terms.ts";
import type { AccountEntry, Lifetime, StorageEntry, Tables } from "./tables.ts";
import type { TraceRow } from "./trace-row.ts";
import { type KeyChange, traceTree, type TreeTrace } from "./tree.ts";

export interface StateToTrace {
  readonly witness: StateWitness;
  /** What the visit did with accounts and slots. */
  readonly tables: Pick<Tables, "accounts" | "slots">;
  /** The batch's. */
  readonly timestamp: bigint;
  /** Whether what the visit did lasts. */
  readonly keeps: boolean;
  /** How often the number of the visit's block is received. */
  readonly numberReads: bigint;
}

export interface StateTrace extends TreeTrace {
  /** Rows that ask whether the visit's effects last. */
  readonly meanings: number;
}

/**
 * Rows of the state: what the visit had from it, what it leaves, and the tree before and after.
 * @throws {StatementRefusedError} `NOT_WITNESSED`; {TimeGoesBackError}.
 */
export function traceState(poseidon: Poseidon, state: StateToTrace): StateTrace {
  const { witness, tables, keeps, timestamp, numberReads } = state;
  const meanings = [
    ...tables.accounts.map((account) => accountMeaning(poseidon, account)),
    ...tables.slots.map((slot) => slotMeaning(poseidon, slot)),
    blockMeaning(poseidon, { witness, timestamp, numberReads }),
  ];
  const changes = meanings.map(({ key, before, after }): KeyChange => ({
    key,
    after: keeps ? after : before,
  }));
  const { accounts, slots, block, size, nextPlace } = witness;
  const proofs = [...accounts, ...slots, block].map(({ proof }) => proof);
  const tree = traceTree(poseidon, { size, proofs, nextPlace }, changes);
  const rows = meanings.map(({ row: { type, given } }): TraceRow => {
    return { type, given: { ...given, keeps: keeps ? 1n : 0n } };
  });
  return { ...tree, rows: [...rows, ...tree.rows], meanings: meanings.length };
}

/** What a row says of a key, and the row, but for whether the visit's effects last. */
interface Meaning {
  readonly key: bigint;
  readonly before: bigint;
  readonly after: bigint;
  readonly row: TraceRow;
}

function accountMeaning(poseidon: Poseidon, { first, last }: Lifetime<AccountEntry>): Meaning {
  const value = (account: AccountEntry): bigint => {
    const { nonce, balance, hashHi, hashLo } = accountFields(account);
    return isNoAccount(account) ? 0n : poseidon([nonce, balance, hashHi, hashLo]);
  };
  const after = accountFields(last);
  const given = {
    address: first.address,
    exists: isNoAccount(first) ? 0n : 1n,
    ...accountFields(first),
    "nonce after": after.nonce,
    "balance after": after.balance,
    "hashLo after": after.hashLo,
    "hashHi after": after.hashHi,
    "warm after": last.warm ? 1n : 0n,
    time: last.time,
  };
  return {
    key: keyOf(poseidon([BigInt(DOMAIN.account), first.address])),
    before: value(first),
    after: value(last),
    row: { type: accountLeaf, given },
  };
}

function slotMeaning(poseidon: Poseidon, { first, last }: Lifetime<StorageEntry>): Meaning {
  const value = (entry: StorageEntry): bigint => {
    const { lo, hi } = halves(entry.value);
    return entry.value === 0n ? 0n : poseidon([hi, lo]);
  };
  const { address } = first;
  const { slotLo, slotHi } = slotFields(first.slot);
  const after = halves(last.value);
  const given = {
    address,
    slotLo,
    slotHi,
    ...halves(first.value),
    "lo after": after.lo,
    "hi after": after.hi,
    "warm after": last.warm ? 1n : 0n,
    time: last.time,
  };
  return {
    key: keyOf(poseidon([BigInt(DOMAIN.slot), address, slotHi, slotLo])),
    before: value(first),
    after: value(last),
    row: { type: storageLeaf, given },
  };
}

function blockMeaning(
  poseidon: Poseidon,
  { witness, timestamp, numberReads }: Pick<StateToTrace, "witness" | "timestamp" | "numberReads">,
): Meaning {
  const { state, proof } = witness.block;
  const exists = proof.leaf.key === BLOCK_KEY;
  const now = blockOf(state, timestamp);
  const isThere = exists || now.number !== state.number;
  const { number, timestamp: blockTime } = state;
  return {
    key: BLOCK_KEY,
    before: exists ? poseidon([number, blockTime]) : 0n,
    after: isThere ? poseidon([now.number, timestamp]) : 0n,
    row: {
      type: blockLeaf,
      given: { exists: exists ? 1n : 0n, number, blockTime, timestamp, read: numberReads },
    },
  };
}

function keyOf(hash: bigint): bigint {
  return BigInt.asUintN(KEY_BITS, hash);
}
