import type { Address } from "viem";
import type { BuilderRollup } from "../core/builder.ts";
import type { L1Client } from "../l1/client.ts";
import { rollupsAbi } from "../protocol/abi.ts";
import { WrongKindError } from "./errors.ts";

/**
 * Makes sure that rollups are of the kinds that they are taken for: that L1 accepts what the kinds are proven
 * by.
 * @throws {WrongKindError}, or what the client throws.
 */
export async function assertRegistered(
  l1: L1Client,
  manager: Address,
  rollups: readonly BuilderRollup[],
): Promise<void> {
  for (const { id, kind, verificationKeys } of rollups) {
    const accepted = await Promise.all(
      Object.values(verificationKeys).map((key) =>
        l1.readContract({
          address: manager,
          abi: rollupsAbi,
          functionName: "isVerificationKey",
          args: [id, key],
        }),
      ),
    );
    if (accepted.includes(false)) throw new WrongKindError(id, kind.name);
  }
}
