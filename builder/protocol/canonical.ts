import { isAddress, isHex, size } from "viem";
import { type Action, ActionKind } from "./action.ts";
import { LockstepError } from "./errors.ts";
import { L1 } from "./ids.ts";

/** An action that the contract would refuse in any list (docs/spec.md section 1, "Canonical forms"). */
export class InvalidActionError extends LockstepError {
  constructor(reason: string) {
    super("INVALID_ACTION", `action is not canonical: ${reason}`);
  }
}

/** @throws {InvalidActionError} when the action is not in the canonical form of its kind. */
export function assertCanonical(action: Action): void {
  const refuseUnless = (holds: boolean, reason: string): void => {
    if (!holds) throw new InvalidActionError(reason);
  };
  const { gas } = action;
  const moves = action.value !== 0n || BigInt(action.sender) !== 0n || BigInt(action.target) !== 0n;

  refuseUnless(isAddress(action.sender), "sender is no address");
  refuseUnless(isAddress(action.target), "target is no address");
  refuseUnless(isHex(action.data) && action.data.length % 2 === 0, "data is not whole bytes of hex");
  refuseUnless(size(action.data) < 2 ** 32, "data of 2^32 bytes or more");
  refuseUnless(action.from !== action.to, "from and to are the same chain");
  switch (action.kind) {
    case ActionKind.CALL:
      refuseUnless(!action.failed, "a CALL that failed");
      refuseUnless(action.value >= 0n && action.value < 1n << 128n, "value is not a uint128");
      refuseUnless(!action.isStatic || action.value === 0n, "a static CALL with value");
      refuseUnless(Number.isInteger(gas) && gas >= 0 && gas < 2 ** 32, "gas is not a uint32");
      refuseUnless(gas === 0 || action.from !== L1, "a CALL from L1 that limits gas");
      return;
    case ActionKind.RESULT:
      refuseUnless(!moves, "a RESULT with sender, target or value");
      refuseUnless(!action.isStatic, "a static RESULT");
      refuseUnless(gas === 0, "a RESULT with gas");
      return;
    case ActionKind.L2TX:
      refuseUnless(!moves, "an L2TX with sender, target or value");
      refuseUnless(!action.failed && !action.isStatic, "an L2TX that failed or is static");
      refuseUnless(gas === 0, "an L2TX with gas");
      refuseUnless(action.from === L1, "an L2TX that does not come from L1");
      return;
    case ActionKind.REVERT:
    case ActionKind.REVERT_CONTINUE: {
      const isRevert = action.kind === ActionKind.REVERT;
      refuseUnless(!moves, "a REVERT or REVERT_CONTINUE with sender, target or value");
      refuseUnless(
        !action.failed && !action.isStatic,
        "a REVERT or REVERT_CONTINUE that failed or is static",
      );
      refuseUnless(gas === 0, "a REVERT or REVERT_CONTINUE with gas");
      refuseUnless(
        (isRevert ? action.to : action.from) === L1,
        "a REVERT that does not end on L1, or its answer",
      );
      refuseUnless(
        size(action.data) === (isRevert ? 4 : 0),
        "a REVERT without an index, or an answer with data",
      );
    }
  }
}
