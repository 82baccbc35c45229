import type { CircuitJob } from "../../../builder/kinds/kind.ts";
import { L1 } from "../../../builder/protocol/ids.ts";
import {
  ALICE,
  ask,
  BOB,
  call,
  jobOf,
  LedgerFixture,
  OTHER,
  reply,
  SELF,
  type Visit,
} from "../../../test/circuits/support/visits.ts";

/** One visit in so many is entered again while it waits for another chain, and takes the larger circuit. */
const REENTERED_EVERY = 8;
/** Wei that each payer begins with: more than all visits together move. */
const FUNDS = 1_000_000n;

/** What has to be proven for a batch. */
export interface BatchJobs {
  readonly jobs: readonly CircuitJob[];
  /**
   * Milliseconds that making the circuits' inputs took, as the builder does before it hands the jobs to the
   * pool.
   */
  readonly inputMilliseconds: number;
}

/**
 * Visits of one ledger, one after another, with a job for each: deposits, transfers and signed transactions
 * in turns.
 */
export async function batchJobs(count: number): Promise<BatchJobs> {
  const ledger = await LedgerFixture.open();
  try {
    await ledger.fund(L1, ALICE, FUNDS);
    await ledger.fund(SELF, ledger.signer.address, FUNDS);
    const visits: Visit[] = [];
    for (let index = 0; index < count; index++) visits.push(await makeVisit(ledger, index));
    const start = performance.now();
    const jobs = await Promise.all(visits.map(jobOf));
    return { jobs, inputMilliseconds: performance.now() - start };
  } finally {
    await ledger.close();
  }
}

function makeVisit(ledger: LedgerFixture, index: number): Promise<Visit> {
  if (index % REENTERED_EVERY === REENTERED_EVERY - 1)
    return ledger.visit(
      call(ask.send(OTHER, BOB, 1n, "0xaa")),
      call(ask.transfer(L1, BOB, 1n)),
      reply(OTHER, "0x01"),
    );
  switch (index % 3) {
    case 0:
      return ledger.visit(call(ask.transfer(L1, BOB, 1n)));
    case 1:
      return ledger.visit(ledger.transaction(ask.transfer(L1, BOB, 1n)));
    default:
      return ledger.visit(call("0x", { sender: BOB, value: 1n }));
  }
}
