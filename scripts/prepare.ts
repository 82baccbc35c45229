/**
 * Makes ahead of time what a first start takes minutes for, contracts, circuits and development keys, the
 * page, a hash function's code: `node scripts/prepare.ts`, for images and caches.
 */
import { prepareArtefacts } from "../builder/node/artefacts.ts";
import { pageFolder } from "../builder/node/page/build.ts";
import { poseidonCode } from "../builder/state/poseidon-code.ts";
import { stayAlive } from "../builder/node/stay-alive.ts";

{
  using _alive = stayAlive();
  await prepareArtefacts();
  await pageFolder();
  await poseidonCode();
}
// Hardhat keeps threads that would hold the process.
process.exit();
