import type { ExecResult, Message } from "@ethereumjs/evm";
import type { Journal } from "./journal.ts";

/**
 * What a message knows, when it begins, of the frame around it: refunds, and what was created and destroyed
 * so far.
 */
export function inheritedFrom(
  outer: Message | undefined,
): Required<Pick<Message, "selfdestruct" | "createdAddresses">> & { gasRefund?: bigint } {
  return {
    selfdestruct: new Map(outer?.selfdestruct),
    createdAddresses: new Set(outer?.createdAddresses),
    ...(outer === undefined ? {} : { gasRefund: outer.gasRefund }),
  };
}

/**
 * Hands what a message that has succeeded has refunded, created and destroyed over to the frame around it,
 * where EthereumJS does not: the two are no caller and callee to it. It is undone with the journal's levels.
 */
export function handOver(
  journal: Journal,
  outer: Message,
  inner: Message,
  { gasRefund }: Pick<ExecResult, "gasRefund">,
): void {
  const { gasRefund: before, selfdestruct, createdAddresses } = outer;
  const destroyed = [...(inner.selfdestruct ?? [])].filter(
    ([account]) => selfdestruct?.has(account) === false,
  );
  const created = [...(inner.createdAddresses ?? [])].filter(
    (account) => createdAddresses?.has(account) === false,
  );
  for (const [account, beneficiary] of destroyed) selfdestruct?.set(account, beneficiary);
  for (const account of created) createdAddresses?.add(account);
  outer.gasRefund = gasRefund ?? before;
  journal.record(() => {
    outer.gasRefund = before;
    for (const [account] of destroyed) selfdestruct?.delete(account);
    for (const account of created) createdAddresses?.delete(account);
  });
}
