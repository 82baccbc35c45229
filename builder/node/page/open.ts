import { type PageChains, type PageServer, servePage } from "../../gateway/page-server.ts";
import type { DevnetDescription } from "../deployment/description.ts";
import { PROJECT_ROOT } from "../../places/places.ts";
import { readPageArtifacts } from "./artifacts.ts";
import { pageFolder } from "./build.ts";

/** What a devnet's page is told of it: no keys. */
export function pageChains({ l1, rollups, accounts }: DevnetDescription): PageChains {
  const { gateway, chainId, rollups: manager } = l1;
  return {
    l1: { gateway, chainId, rollups: manager },
    rollups,
    accounts: accounts.map(({ address }) => address),
  };
}

/**
 * Builds the page if it has to be, and serves it. Contracts have the names of the artifacts of this project
 * and of the one where the command was given.
 */
export async function openPage(port: number, chains: PageChains): Promise<PageServer> {
  return await servePage({
    port,
    folder: await pageFolder(),
    chains,
    artifacts: async () => await readPageArtifacts([process.cwd(), PROJECT_ROOT]),
  });
}
