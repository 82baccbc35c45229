/**
 * Makes ahead of time what a first start takes minutes for, contracts, circuits and development keys, and the
 * page: `node scripts/prepare.ts`, for images and caches.
 */
import { prepareArtefacts } from "../builder/node/artefacts.ts";
import { pageFolder } from "../builder/node/page/build.ts";
import { stayAlive } from "../builder/node/stay-alive.ts";

{
  using _alive = stayAlive();
  await prepareArtefacts();
  await pageFolder();
}
// Hardhat keeps threads that would hold the process.
process.exit();
