/**
 * Makes ahead of time what a first start takes minutes for, contracts, circuits and development keys:
 * `node scripts/prepare.ts`, for images and caches.
 */
import { prepareArtefacts } from "../builder/node/artefacts.ts";
import { stayAlive } from "../builder/node/stay-alive.ts";

{
  using _alive = stayAlive();
  await prepareArtefacts();
}
// Hardhat keeps threads that would hold the process.
process.exit();
