import { expect } from "chai";
import fc from "fast-check";
import { zeroAddress } from "viem";
import {
  type Action,
  ActionKind,
  callAction,
  hashAction,
  l2txAction,
  resultAction,
  revertAction,
  revertContinueAction,
} from "../../builder/protocol/action.ts";
import { assertCanonical } from "../../builder/protocol/canonical.ts";
import {
  chainId,
  FIELD_MODULUS,
  fieldElement,
  L1,
  OutOfRangeError,
  stateRoot,
} from "../../builder/protocol/ids.ts";
import { anyAction } from "./arbitraries.ts";

const A = "0x00000000000000000000000000000000000000aa";

describe("ids", function () {
  it("accept exactly their range", function () {
    expect([chainId(0), chainId(2n ** 64n - 1n)]).to.deep.equal([0n, 2n ** 64n - 1n]);
    expect([fieldElement(0n), stateRoot(FIELD_MODULUS - 1n)]).to.deep.equal([0n, FIELD_MODULUS - 1n]);
    for (const wrong of [-1n, 2n ** 64n]) expect(() => chainId(wrong)).to.throw(OutOfRangeError);
    for (const wrong of [-1n, FIELD_MODULUS, 2n ** 256n]) {
      expect(() => fieldElement(wrong)).to.throw(OutOfRangeError);
      expect(() => stateRoot(wrong))
        .to.throw(OutOfRangeError)
        .with.property("code", "OUT_OF_RANGE");
    }
  });
});

describe("action hash", function () {
  it("depends on every field", function () {
    fc.assert(
      fc.property(anyAction, anyAction, (action, other) => {
        for (const name of Object.keys(action) as (keyof Action)[]) {
          if (action[name] === other[name]) continue;
          expect(hashAction({ ...action, [name]: other[name] }), name).to.not.equal(hashAction(action));
        }
      }),
      { numRuns: 50 },
    );
  });
});

describe("canonical form", function () {
  const call = callAction({
    from: L1,
    to: chainId(1),
    sender: A,
    target: A,
    value: 1n,
    isStatic: false,
    data: "0x12",
  });
  const outgoing: Action = { ...call, from: chainId(1), to: L1 };
  const result = resultAction({ from: chainId(1), to: L1, failed: true, data: "0x" });
  const l2tx = l2txAction(chainId(1), "0x00");

  it("is what the constructors make", function () {
    for (const action of [
      call,
      result,
      l2tx,
      { ...call, value: 0n, isStatic: true, sender: zeroAddress },
      { ...outgoing, gas: 2 ** 32 - 1 },
    ])
      assertCanonical(action);
  });

  const wrong: Record<string, Action> = {
    "a failed CALL": { ...call, failed: true },
    "a static CALL with value": { ...call, isStatic: true },
    "a negative value": { ...call, value: -1n },
    "a value of 2^128": { ...call, value: 2n ** 128n },
    "a CALL from L1 with gas": { ...call, gas: 1 },
    "negative gas": { ...outgoing, gas: -1 },
    "half a unit of gas": { ...outgoing, gas: 0.5 },
    "gas of 2^32": { ...outgoing, gas: 2 ** 32 },
    "a RESULT with gas": { ...result, gas: 1 },
    "an L2TX with gas": { ...l2tx, gas: 1 },
    "a REVERT with gas": { ...revertAction(chainId(1), 0), gas: 1 },
    "a REVERT_CONTINUE with gas": { ...revertContinueAction(chainId(1)), gas: 1 },
    "a CALL to its own chain": { ...call, to: L1 },
    "an address too long": { ...call, sender: `${A}00` },
    "half a byte": { ...call, data: "0x1" },
    "a RESULT with value": { ...result, value: 1n },
    "a RESULT with a sender": { ...result, sender: A },
    "a RESULT with a target": { ...result, target: A },
    "a static RESULT": { ...result, isStatic: true },
    "a failed L2TX": { ...l2tx, failed: true },
    "a static L2TX": { ...l2tx, isStatic: true },
    "an L2TX from a rollup": { ...l2tx, from: chainId(2) },
    "an L2TX with a target": { ...l2tx, target: A },
    "a REVERT": { ...call, kind: ActionKind.REVERT },
    "a REVERT_CONTINUE": { ...call, kind: ActionKind.REVERT_CONTINUE },
  };
  for (const [name, action] of Object.entries(wrong))
    it(`is not ${name}`, function () {
      expect(() => {
        assertCanonical(action);
      })
        .to.throw()
        .with.property("code", "INVALID_ACTION");
    });
});
