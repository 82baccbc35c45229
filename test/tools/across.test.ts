import { castTests } from "./across/cast.ts";
import { type Across, startAcross } from "./across/chains.ts";
import { ethersTests } from "./across/ethers.ts";
import { forgeTests } from "./across/forge.ts";
import { ignitionTests } from "./across/ignition.ts";
import { pageTests } from "./across/page.ts";
import { viemTests } from "./across/viem.ts";

/** What users' own tools do with two chains of one devnet, over nothing but its gateways. */
describe("across chains", function () {
  this.timeout(600_000);
  let across: Across;
  before(async () => {
    across = await startAcross();
  });
  after(async () => {
    await across.devnet[Symbol.asyncDispose]();
  });

  describe("cast", () => {
    castTests(() => across);
  });
  describe("forge script", () => {
    forgeTests(() => across);
  });
  describe("Hardhat Ignition", () => {
    ignitionTests(() => across);
  });
  describe("viem", () => {
    viemTests(() => across);
  });
  describe("ethers", () => {
    ethersTests(() => across);
  });
  describe("a page in a browser", () => {
    pageTests(() => across);
  });
});
