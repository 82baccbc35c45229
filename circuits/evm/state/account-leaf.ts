import { HALF_MAX } from "../../bus/halves.ts";
import type { Linear } from "../../bus/linear.ts";
import { row } from "../../bus/row.ts";
import { DOMAIN, NO_CODE } from "./constants.ts";
import { keyOf } from "./key.ts";
import { hasNoCode } from "./no-code.ts";
import { IN_STATE, keptOf } from "./kept.ts";
import { isAlwaysWarm } from "./warm.ts";

/**
 * An account as the state before has it, and as it is left. What the visit does with it lies between the two
 * `account` tuples, first in time and last.
 *
 * An account that is not there is nonce 0, balance 0 and the hash of no code, here and in every tuple; one
 * that is left so is removed (EIP-161). Precompiles and the zero address are warm from the start.
 *
 * given: address, exists, nonce, balance, hashLo, hashHi; after, the same as the visit left it, with warm
 * after and time (of its last access); keeps (the visit's effects last).
 */
export const accountLeaf = row("accountLeaf", "the state has this account before, and that after", (r) => {
  const address = r.given("address");
  const isWarm = isAlwaysWarm(r, address);

  const exists = r.flag("exists");
  const before = {
    nonce: r.given("nonce"),
    balance: r.given("balance"),
    hashLo: r.given("hashLo"),
    hashHi: r.given("hashHi"),
  };
  const isAbsent = r.on.minus(exists);
  r.equal(before.nonce, 0, "no account has no nonce", isAbsent);
  r.equal(before.balance, 0, "nor a balance", isAbsent);
  r.equal(before.hashLo, NO_CODE.hashLo, "nor code", isAbsent);
  r.equal(before.hashHi, NO_CODE.hashHi, "nor code, upper half", isAbsent);
  r.bounded(before.nonce, (1n << 64n) - 1n, IN_STATE);
  for (const half of [before.balance, before.hashLo, before.hashHi]) r.bounded(half, HALF_MAX, IN_STATE);
  r.send("account", { ...before, warm: isWarm, time: 0, address });

  const after = {
    nonce: r.given("nonce after"),
    balance: r.given("balance after"),
    hashLo: r.given("hashLo after"),
    hashHi: r.given("hashHi after"),
  };
  r.receive("account", { ...after, warm: r.given("warm after"), time: r.given("time"), address });
  const hasNothing = r.isZero(after.nonce.plus(after.balance));
  const remains = r.on.minus(r.product(hasNothing, hasNoCode(r, after)));

  const valueOf = (account: typeof before): Linear =>
    r.hash(account.nonce, account.balance, account.hashHi, account.hashLo);
  const valueBefore = r.product(exists, valueOf(before));
  const valueAfter = r.product(remains, valueOf(after));
  keyOf(r, r.hash(DOMAIN.account, address), (key) => {
    r.receive("value", { key, before: valueBefore, after: keptOf(r, valueBefore, valueAfter) });
  });
});
