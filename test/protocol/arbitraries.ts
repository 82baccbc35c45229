import fc from "fast-check";
import { numberToHex, toHex } from "viem";
import { type Action, ActionKind } from "../../builder/protocol/action.ts";
import { chainId, FIELD_MODULUS, stateRoot } from "../../builder/protocol/ids.ts";
import type { StatementHeader, StatementVisit } from "../../builder/protocol/statement.ts";

const below = (limit: bigint): fc.Arbitrary<bigint> => fc.bigInt({ min: 0n, max: limit - 1n });
const address = below(2n ** 160n).map((n) => numberToHex(n, { size: 20 }));
const chain = fc.oneof(fc.bigInt({ min: 0n, max: 3n }), below(2n ** 64n)).map(chainId);
const root = below(FIELD_MODULUS).map(stateRoot);

/** Any action whose fields fit their types, canonical or not. */
export const anyAction: fc.Arbitrary<Action> = fc.record({
  kind: fc.constantFrom(...Object.values(ActionKind)),
  from: chain,
  to: chain,
  sender: address,
  target: address,
  value: below(2n ** 128n),
  failed: fc.boolean(),
  isStatic: fc.boolean(),
  gas: fc.nat({ max: 2 ** 32 - 1 }),
  // Lengths around the word size, and zeros, which padding could be confused with.
  data: fc
    .oneof(
      fc.uint8Array({ maxLength: 70 }),
      fc.integer({ min: 0, max: 63 }).map((length) => new Uint8Array(length)),
    )
    .map((bytes) => toHex(bytes)),
});

export const anyHeader: fc.Arbitrary<StatementHeader> = fc.record({
  l1ChainId: below(2n ** 64n),
  manager: address,
  rollup: chain,
  timestamp: below(2n ** 64n),
  blobs: below(2n ** 248n),
});

export const anyVisits: fc.Arbitrary<StatementVisit[]> = fc.array(
  fc.record({ rootBefore: root, rootAfter: root, actions: fc.array(anyAction, { maxLength: 4 }) }),
  { maxLength: 3 },
);
