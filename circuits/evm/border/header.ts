import { HALF_MAX } from "../../bus/halves.ts";
import { STATEMENT_DOMAIN } from "../../../builder/protocol/statement.ts";
import { row } from "../../bus/row.ts";
import { STATEMENT_ATTRIBUTE, STATEMENT_CONTEXT } from "../attributes.ts";
import { receiveAddress, receiveConstant, receiveHalf, receiveWord } from "./words.ts";

/**
 * The statement's header: what L1 says of batch and rollup. No other row takes these words, so there is one.
 *
 * given: l1ChainId, manager lo, manager hi, rollup, timestamp, blobs lo, blobs hi; of each attribute how
 * often it is received: reads timestamp, reads chainId, reads l1ChainId, reads manager, reads rollup.
 */
export const header = row(
  "header",
  "the statement is of this rollup, batch and L1, and of one visit",
  (r) => {
    receiveConstant(r, STATEMENT_DOMAIN, 0);
    const l1ChainId = receiveHalf(r, "l1ChainId", 1);
    const manager = receiveAddress(r, "manager", 2);
    const rollup = receiveHalf(r, "rollup", 3);
    const timestamp = receiveHalf(r, "timestamp", 4);
    receiveWord(r, "blobs", 5);
    receiveConstant(r, 1n, 6);

    const chainId = l1ChainId.times(1000).plus(rollup);
    r.bounded(chainId, HALF_MAX, "an EVM chain id of L1 is below 2^64, and so is a rollup's id");
    const attributes = {
      timestamp: { lo: timestamp, hi: 0 },
      chainId: { lo: chainId, hi: 0 },
      l1ChainId: { lo: l1ChainId, hi: 0 },
      manager: { lo: manager.lo, hi: manager.hi },
      rollup: { lo: rollup, hi: 0 },
    } as const;
    for (const name of ["timestamp", "chainId", "l1ChainId", "manager", "rollup"] as const)
      r.send(
        "attribute",
        { context: STATEMENT_CONTEXT, kind: STATEMENT_ATTRIBUTE[name], ...attributes[name] },
        r.multiplicity(`reads ${name}`),
      );
  },
);
