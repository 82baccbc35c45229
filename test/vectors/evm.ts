import { type Address, type Hex, keccak256, numberToHex } from "viem";
import { StateLayout } from "../../builder/kinds/evm/store/layout.ts";
import { loadPoseidon } from "../../builder/state/poseidon.ts";

const WIDEST = (1n << 128n) - 1n;
const CONTRACT: Address = `0x${"c0de".repeat(10)}`;

const accounts: readonly { address: Address; nonce: bigint; balance: bigint; code: Hex }[] = [
  { address: numberToHex(1n, { size: 20 }), nonce: 0n, balance: 1n, code: "0x" },
  { address: numberToHex(2n, { size: 20 }), nonce: (1n << 64n) - 1n, balance: WIDEST, code: "0x" },
  { address: CONTRACT, nonce: 1n, balance: 0n, code: "0x600035" },
];
const slots: readonly { address: Address; slot: Hex; word: Hex }[] = [
  { address: CONTRACT, slot: numberToHex(0n, { size: 32 }), word: numberToHex(1n, { size: 32 }) },
  { address: CONTRACT, slot: keccak256("0x01"), word: keccak256("0x02") },
];
const blocks = [
  { number: 1n, timestamp: 1n },
  { number: 2n ** 63n, timestamp: 2n ** 63n + 1n },
];

/** Keys and values of the leaves of an EVM rollup's state. */
export async function evmLeafVectors() {
  const layout = new StateLayout(await loadPoseidon());
  return {
    accounts: accounts.map((account) => {
      const codeHash = keccak256(account.code);
      const [key, value] = [layout.accountKey(account.address), layout.accountValue(account, codeHash)];
      return { ...account, codeHash, key, value };
    }),
    slots: slots.map((each) => {
      const [key, value] = [layout.slotKey(each.address, each.slot), layout.slotValue(each.word)];
      return { ...each, key, value };
    }),
    blocks: blocks.map((block) => ({ ...block, key: layout.blockKey, value: layout.blockValue(block) })),
  };
}
