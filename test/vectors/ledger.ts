import { hexToBytes, numberToHex } from "viem";
import { LedgerAccount } from "../../builder/kinds/ledger/client.ts";
import { ledgerKind } from "../../builder/kinds/ledger/index.ts";
import { decodeL2tx, ledgerMessage } from "../../builder/kinds/ledger/l2tx.ts";
import { type Action, l2txAction } from "../../builder/protocol/action.ts";
import { FIELD_MODULUS, fieldElement, L1 } from "../../builder/protocol/ids.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";
import { StateTree } from "../../builder/state/tree.ts";
import type { TreeShape } from "../../builder/state/types.ts";
import {
  ALICE,
  balanceOf,
  BOB,
  call,
  CONTEXT,
  OTHER,
  returned,
  SELF,
  send,
  transfer,
} from "../kinds/ledger/scenario.ts";

/** Roots after each upsert of a few lists, from the genesis state, of trees of either shape. */
export async function treeVectors() {
  const poseidon = await loadPoseidon();
  const far = 2n ** 248n - 1n;
  const lists: Record<string, readonly (readonly [bigint, bigint])[]> = {
    "ascending keys": [1n, 2n, 3n, 4n, 5n].map((key) => [key, key * 100n]),
    "descending keys": [9n, 8n, 7n, 6n].map((key) => [key, key]),
    "updates, zeros and absent zeros": [
      [5n, 1n],
      [5n, 0n],
      [6n, 0n],
      [5n, 2n],
      [0n, 3n],
    ],
    extremes: [
      [far, FIELD_MODULUS - 1n],
      [0n, 1n],
      [far - 1n, 1n],
      [1n, 1n],
    ],
    "more than one subtree": Array.from(
      { length: 70 },
      (_, i) => [BigInt((i * 37) % 101), BigInt(i + 1)] as const,
    ),
  };
  const vectorsOf = (shape: TreeShape) => ({
    genesisRoot: new StateTree(poseidon, shape).stateRoot(),
    lists: Object.entries(lists).map(([name, upserts]) => {
      const tree = new StateTree(poseidon, shape);
      const roots = upserts.map(([key, value]) => tree.upsert(key, fieldElement(value)).rootAfter);
      return { name, upserts, roots };
    }),
  });
  return { fixed: vectorsOf("fixed"), growing: vectorsOf("growing") };
}

const domain = { l1ChainId: CONTEXT.l1ChainId, manager: CONTEXT.manager, rollup: SELF };
const seed = numberToHex(7n, { size: 32 });
const terms = { domain, nonce: 0n, deadline: CONTEXT.timestamp };

/** Signed transactions with the message that was signed and the signature. Signatures are deterministic. */
export async function l2txVectors() {
  const poseidon = await loadPoseidon();
  const account = await LedgerAccount.fromSeed(seed);
  const calldatas = {
    transfer: transfer(L1, BOB, 40n),
    balanceOf: balanceOf(SELF, account.address),
    send: send(OTHER, BOB, 1n, numberToHex(1n, { size: 256 })),
  };
  return Object.entries(calldatas).map(([name, calldata], nonce) => {
    const transaction = { ...terms, nonce: BigInt(nonce) };
    const data = account.signCalldata(calldata, transaction);
    const { publicKey, signature } = decodeL2tx(data);
    const message = ledgerMessage(poseidon, domain, { ...transaction, calldata: hexToBytes(calldata) });
    return {
      name,
      seed,
      address: account.address,
      ...transaction,
      calldata,
      message,
      publicKey,
      signature,
      data,
    };
  });
}

/** Visits in a row on one ledger: the actions in and out, and the roots before and after. */
export async function visitVectors() {
  const account = await LedgerAccount.fromSeed(seed);
  const machine = await ledgerKind.open({ id: SELF });
  const visits: Record<string, readonly Action[]> = {
    deposit: [call("0x", 1000n)],
    transfer: [call(transfer(SELF, account.address, 300n))],
    "transfer with value": [call(transfer(L1, BOB, 50n), 50n)],
    "transfer of too much": [call(transfer(L1, BOB, 10_000n), 1n)],
    "malformed calldata": [call("0xdeadbeef", 1n)],
    "balance, static": [call(balanceOf(L1, ALICE), 0n, { isStatic: true })],
    "transfer, static": [call(transfer(L1, BOB, 1n), 0n, { isStatic: true })],
    "deposit from another rollup": [call("0x", 5n, { from: OTHER })],
    "call to an address without code": [call("0x1234", 6n, { target: BOB })],
    "send and answer": [call(send(L1, BOB, 20n, "0x1234")), returned("0xabcdef")],
    "send that fails": [call(send(L1, BOB, 20n)), returned("0xdead", { failed: true })],
    "send re-entered": [
      call(send(L1, BOB, 20n)),
      call(transfer(L1, ALICE, 7n), 3n, { sender: BOB }),
      returned("0x"),
    ],
    "send re-entered by a send": [
      call(send(L1, BOB, 20n)),
      call(send(OTHER, ALICE, 2n), 3n, { sender: BOB }),
      returned("0x", { from: OTHER, failed: true }),
      returned("0x01"),
    ],
    "send from another rollup, which says how much gas L1 gives": [
      call(send(L1, BOB, 2n), 3n, { from: OTHER, gas: 300_000 }),
      returned("0x"),
    ],
    "L2 transaction": [l2txAction(SELF, account.signTransfer({ ...terms, chain: L1, to: BOB, amount: 40n }))],
    "L2 transaction that fails": [
      l2txAction(SELF, account.signTransfer({ ...terms, nonce: 1n, chain: L1, to: BOB, amount: 400n })),
    ],
    "L2 transaction that sends": [
      l2txAction(SELF, account.signCalldata(send(L1, BOB, 1n, "0x12"), { ...terms, nonce: 1n })),
      returned("0x"),
    ],
  };
  const played = [];
  for (const [name, incoming] of Object.entries(visits)) {
    for (const action of incoming) {
      const { visit } = await machine.deliver(action, CONTEXT);
      if (visit === undefined) continue;
      const { rootBefore, rootAfter, actions } = visit;
      played.push({ name, rootBefore, rootAfter, actions });
    }
  }
  await machine.close();
  return { rollup: SELF, context: CONTEXT, visits: played };
}
