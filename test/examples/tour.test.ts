import { expect } from "chai";
import type { Hex } from "viem";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { readPostedTransaction } from "../../builder/cli/show/posted.ts";
import { Checks } from "../../builder/devnet/tour/checks.ts";
import { openDapp } from "../../builder/devnet/tour/dapp.ts";
import { runTour } from "../../builder/devnet/tour/tour.ts";

describe("the tour", function () {
  // Eight proofs on a machine that may be busy.
  this.timeout(900_000);
  let devnet: Devnet;
  const transactions: Hex[] = [];
  const lines: string[] = [];

  before(async () => {
    devnet = await startDevnet({
      ports: await freePorts(DEVNET_ROLLUPS.length),
      circuits: await prepareArtefacts(),
    });
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
  });

  it("leads to every state it should lead to", async () => {
    const checks = new Checks((line) => lines.push(line));
    await runTour(devnet.description, checks, {
      describe: () => undefined,
      named: () => undefined,
      transaction: async (hash) => {
        transactions.push(hash);
      },
    });
    expect(checks.failed, lines.join("\n")).to.equal(0);
    expect(checks.passed).to.be.greaterThan(20);
  });

  it("took one L1 transaction with five calls for payday, and one call for each of the others, Solidity's two too", async () => {
    const { publicClient } = openDapp(devnet.description, 1);
    const { rollups } = devnet.description.l1;
    const counts = await Promise.all(
      transactions.map(async (hash) => {
        const posted = await readPostedTransaction(publicClient, rollups, hash);
        return [posted?.batch.executions.length, posted?.batch.proofs.length];
      }),
    );
    expect(counts).to.deep.equal([
      [5, 5],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
      [1, 1],
    ]);
  });
});
