import fc from "fast-check";
import { getAddress, numberToHex, toHex } from "viem";
import { type Action, ActionKind } from "../../builder/protocol/action.ts";
import { chainId, FIELD_MODULUS, stateRoot } from "../../builder/protocol/ids.ts";
import type { Batch } from "../../builder/protocol/batch.ts";
import { type Execution, MarkKind } from "../../builder/protocol/execution.ts";
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

const word32 = fc.nat({ max: 2 ** 32 - 1 });
const hexBytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((bytes) => toHex(bytes));

const anyExecution: fc.Arbitrary<Execution> = fc.record({
  actions: fc.array(
    anyAction.map(({ sender, target, ...action }) => ({
      ...action,
      sender: getAddress(sender),
      target: getAddress(target),
    })),
    { maxLength: 3 },
  ),
  visits: fc.array(fc.record({ rollup: chain, rootBefore: root, rootAfter: root }), { maxLength: 2 }),
  marks: fc.array(fc.record({ kind: fc.constantFrom(...Object.values(MarkKind)), at: word32, to: word32 }), {
    maxLength: 2,
  }),
});

/** Any batch whose fields fit their types, whatever it says; addresses with their checksums. */
export const anyBatch: fc.Arbitrary<Batch> = fc.record({
  timestamp: below(2n ** 64n),
  blobCount: fc.nat({ max: 255 }),
  executions: fc.array(anyExecution, { maxLength: 2 }),
  proofs: fc.array(
    fc.record({
      rollup: chain,
      verificationKey: below(2n ** 256n).map((n) => numberToHex(n, { size: 32 })),
      visits: fc.array(word32, { maxLength: 3 }),
      proof: hexBytes(70),
    }),
    { maxLength: 2 },
  ),
});
