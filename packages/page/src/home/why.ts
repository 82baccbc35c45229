import { plainText } from "lockstep-client/words";
import type { Activity, ActivityTransaction } from "../chains/rpc-types.ts";
import { MOST_REASON } from "./load.ts";

/** Why a transaction waits: what the builder says, or what its state means. */
export function whyItWaits(
  { state, reason, rollups }: Pick<ActivityTransaction, "state" | "reason" | "rollups">,
  { provers }: Pick<Activity, "provers">,
  nameOf: (chain: number) => string,
): string {
  if (reason !== undefined) return plainText(reason, MOST_REASON);
  if (state === "queued") return "behind what is being proven";
  if (state !== "proving") return "";
  const working = provers.filter((prover) => prover.working > 0).map(({ name }) => plainText(name));
  const of = rollups.length === 0 ? "" : ` of ${rollups.map((rollup) => nameOf(Number(rollup))).join(", ")}`;
  return working.length === 0
    ? "for its batch to be proven and posted"
    : `for a proof${of}, which ${working.join(" and ")} has to make`;
}
