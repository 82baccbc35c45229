import type { Linear } from "../../bus/linear.ts";
import type { RowBuilder, Term } from "../../bus/row.ts";

/** An account as a row finds it, or leaves it. */
export interface Account {
  readonly address: Linear;
  readonly nonce: Linear;
  readonly balance: Linear;
  readonly hashLo: Linear;
  readonly hashHi: Linear;
  readonly warm: Term;
}

/**
 * An account's newest entry, older than `now`; where `where` is 1.
 *
 * given: `name` nonce, balance, hashLo, hashHi, warm, time.
 */
export function receiveAccount(
  r: RowBuilder,
  name: string,
  address: Linear,
  now: Linear,
  where: Linear = r.on,
): Account {
  const account = {
    address,
    nonce: r.given(`${name} nonce`),
    balance: r.given(`${name} balance`),
    hashLo: r.given(`${name} hashLo`),
    hashHi: r.given(`${name} hashHi`),
    warm: r.given(`${name} warm`),
  };
  const time = r.given(`${name} time`);
  r.receive("account", { ...account, time }, where);
  r.before(time, now, where);
  return account;
}

/** A change of an account, and when it is undone. */
export interface UndoneChange {
  readonly name: string;
  readonly before: Account;
  readonly after: Account;
  readonly time: Linear;
}

/**
 * Undoes a change of an account, where `where` is 1: its newest entry, which is that of the change again,
 * becomes that of before. given: `name` undone: the time of the newest entry.
 */
export function undoAccount(r: RowBuilder, { name, before, after, time }: UndoneChange, where: Linear): void {
  const newest = r.given(`${name} undone`);
  r.receive("account", { ...after, time: newest }, where);
  r.before(newest, time, where);
  r.send("account", { ...before, time }, where);
}

/** An account's entry from `now` on; where `where` is 1. */
export function sendAccount(r: RowBuilder, account: Account, now: Linear, where: Linear = r.on): void {
  r.send("account", { ...account, time: now }, where);
}
