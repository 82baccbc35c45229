import { ledgerCircuitJob } from "./circuit-input.ts";
import { LEDGER } from "./abi.ts";
import { ledgerKind } from "./index.ts";
import type { CircuitJob } from "../../proving/circuit-job.ts";
import { callAction } from "../../protocol/action.ts";
import { chainId, L1 } from "../../protocol/ids.ts";
import { type StatementHeader, VisitStatement } from "../../protocol/statement.ts";

const SELF = chainId(1);
const HEADER: StatementHeader = {
  l1ChainId: 31337n,
  manager: "0x00000000000000000000000000000000000000aa",
  rollup: SELF,
  timestamp: 1_800_000_000n,
  blobs: 0n,
};

/**
 * A fixed job of the smallest real circuit, to compare provers by: an account on L1 deposits Ether in an
 * empty ledger.
 */
export async function standardJob(): Promise<CircuitJob> {
  const machine = await ledgerKind.open({ id: SELF });
  try {
    const deposit = callAction({
      from: L1,
      to: SELF,
      sender: "0xa11ce00000000000000000000000000000000001",
      target: LEDGER,
      value: 1_000n,
      isStatic: false,
      data: "0x",
    });
    const { visit } = await machine.deliver(deposit, HEADER);
    if (visit === undefined) throw new TypeError("a deposit calls nobody, so its visit has ended");
    return await ledgerCircuitJob(new VisitStatement(HEADER, visit), visit);
  } finally {
    await machine.close();
  }
}
