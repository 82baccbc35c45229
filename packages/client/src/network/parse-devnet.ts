import { Found } from "../found.ts";
import type { Devnet, LockstepRollup } from "./network.ts";

/**
 * A devnet's description: what `.lockstep/devnet.json` holds while the devnet runs.
 * @param json the file's content, parsed as JSON.
 * @throws {UnexpectedAnswerError} which names what is wrong, and where.
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { parseDevnet } from "lockstep-client";
 *
 * const devnet = parseDevnet(JSON.parse(await readFile(".lockstep/devnet.json", "utf8")));
 * ```
 */
export function parseDevnet(json: unknown): Devnet {
  const found = new Found(json, "devnet.json");
  const l1 = found.at("l1");
  return {
    l1: {
      rpc: l1.at("rpc").url(),
      gateway: l1.at("gateway").url(),
      chainId: l1.at("chainId").whole(),
      rollups: l1.at("rollups").hex(20),
    },
    rollups: found.at("rollups").items().map(parseRollup),
    accounts: found
      .at("accounts")
      .items()
      .map((account) => ({
        address: account.at("address").hex(20),
        privateKey: account.at("privateKey").hex(32),
      })),
  };
}

function parseRollup(rollup: Found): LockstepRollup {
  return {
    id: rollup.at("id").whole(),
    name: rollup.at("name").text(),
    kind: rollup.at("kind").text(),
    proven: rollup.at("proven").boolean(),
    gateway: rollup.at("gateway").url(),
    chainId: rollup.at("chainId").whole(),
    contract: rollup.at("contract").hex(20),
  };
}
