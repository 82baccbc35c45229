import type { PlannedVisit } from "../batch/plan.ts";
import type { AcceptedTransaction } from "../intake/accepted.ts";
import type { ChainId } from "../protocol/ids.ts";
import type { Draft } from "./draft.ts";

/** Transactions of a draft that share no rollup and no signer with the others of it. */
export interface Group {
  /** In the order of the draft. */
  readonly transactions: readonly AcceptedTransaction[];
  readonly rollups: ReadonlySet<ChainId>;
  /** What has to be proven for them. */
  readonly visits: readonly PlannedVisit[];
}

/** Names a rollup, or a signer of transactions. */
type Tie = ChainId | string;

/**
 * Takes a draft apart into what can be posted in batches of its own. What L1's contracts have in common is
 * not looked at: a batch is played again on L1's head before it is posted, whatever came before it.
 */
export function groupsOf(
  { served, plan }: Pick<Draft, "served" | "plan">,
  signerOf: (transaction: AcceptedTransaction) => string | undefined,
): Group[] {
  let parts: { readonly ties: Set<Tie>; readonly transactions: Set<AcceptedTransaction> }[] = [];
  for (const { transaction, rollups } of served) {
    const signer = signerOf(transaction);
    const part = {
      ties: new Set<Tie>(signer === undefined ? rollups : [signer, ...rollups]),
      transactions: new Set([transaction]),
    };
    const tied = parts.filter(({ ties }) => overlap(ties, part.ties));
    for (const { ties, transactions } of tied) {
      for (const tie of ties) part.ties.add(tie);
      for (const each of transactions) part.transactions.add(each);
    }
    parts = [...parts.filter((each) => !tied.includes(each)), part];
  }
  return parts.map(({ ties, transactions }) => {
    const rollups = new Set([...ties].filter((tie) => typeof tie !== "string"));
    return {
      transactions: served
        .map(({ transaction }) => transaction)
        .filter((transaction) => transactions.has(transaction)),
      rollups,
      visits: plan.visits.filter(({ rollup }) => rollups.has(rollup)),
    };
  });
}

/** Whether the two have something in common. */
export function overlap<Member>(a: ReadonlySet<Member>, b: ReadonlySet<Member>): boolean {
  for (const member of a) if (b.has(member)) return true;
  return false;
}
