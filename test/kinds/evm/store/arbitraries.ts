import fc from "fast-check";
import { type Address, type Hex, numberToHex } from "viem";
import type { EvmAccount, StateWrites } from "../../../../builder/kinds/evm/state-types.ts";

/** Few names, so that visits meet what earlier ones left. */
export const ADDRESSES: readonly Address[] = [1n, 2n, 3n, 2n ** 160n - 1n].map((n) =>
  numberToHex(n, { size: 20 }),
);
export const SLOTS: readonly Hex[] = [0n, 1n, 2n ** 128n, 2n ** 256n - 1n].map((n) =>
  numberToHex(n, { size: 32 }),
);

const word = (value: bigint): Hex => numberToHex(value, { size: 32 });
const few = (limit: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(
    { weight: 4, arbitrary: fc.bigInt({ min: 0n, max: 2n }) },
    fc.bigInt({ min: 0n, max: limit - 1n }),
  );

const account: fc.Arbitrary<EvmAccount> = fc.record({
  nonce: few(2n ** 64n),
  balance: few(2n ** 128n),
  code: fc.constantFrom<Hex>("0x", "0x", "0x00", "0x6000", `0x${"5b".repeat(466)}`),
});

/**
 * What a visit may write: any accounts gone, empty or there, any slots, a block like the last or a later one.
 */
export const anyWrites: fc.Arbitrary<StateWrites> = fc
  .record({
    accounts: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...ADDRESSES), fc.option(account, { nil: undefined, freq: 4 })),
      { maxLength: 4, selector: ([address]) => address },
    ),
    slots: fc.uniqueArray(
      fc.tuple(fc.constantFrom(...ADDRESSES), fc.constantFrom(...SLOTS), few(2n ** 256n).map(word)),
      { maxLength: 8, selector: ([address, slot]) => `${address}${slot}` },
    ),
    block: fc.record({ number: fc.bigInt({ min: 0n, max: 2n }), timestamp: fc.bigInt({ min: 0n, max: 2n }) }),
  })
  .map(({ accounts, slots, block }) => {
    const bySlot = new Map<Address, Map<Hex, Hex>>();
    for (const [address, slot, value] of slots)
      bySlot.set(address, (bySlot.get(address) ?? new Map<Hex, Hex>()).set(slot, value));
    return { accounts: new Map(accounts), slots: bySlot, block };
  });
