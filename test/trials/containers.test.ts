import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "chai";
import type { Address, Hex } from "viem";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { type DevnetDescription, devnetDescription } from "../../builder/node/deployment/description.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { accountAt, clientsOf } from "../core/setup.ts";
import { Container, docker, dockerMissing, exitCodeOf, findCompose } from "./support/docker.ts";
import { ask } from "./support/json-rpc.ts";
import { createProxy, untilIncluded } from "./support/proxies.ts";
import { say } from "./support/say.ts";

const LEDGER_ID = chainId(1);
const STATE = "/lockstep/state";
/** Building the image takes half an hour beside other work. */
const BUILT = process.env.LOCKSTEP_TRIAL_IMAGE === "built";
/** Of compose.yaml. */
const COMPOSED = {
  l1: "http://127.0.0.1:8545",
  gateway: "http://127.0.0.1:9546",
  rollup: "http://127.0.0.1:9547",
  manager: "0x5FbDB2315678afecb367f032d93F642f64180aa3",
} as const;

const missing = await dockerMissing();
const title = "the image";
describe(missing === undefined ? title : `${title}: ${missing}`, function () {
  this.timeout(2 * 60 * 60_000);
  before(async function () {
    if (missing !== undefined) this.skip();
    if (BUILT) return;
    const begin = performance.now();
    // The machine's network: there is a bridge on most machines, and none is needed.
    await docker("build", "--network", "host", "-t", "lockstep", ".");
    say(`built in ${((performance.now() - begin) / 1_000).toFixed(0)} s`);
  });

  it("has a devnet that the machine reaches, that stops when told to, and goes on from its volume", async () => {
    const chains = ["--data", STATE, "--state", `${STATE}/chains`, "--port-base", "0"];
    await using container = await Container.run("start", "--no-play", ...chains);
    const before = await untilUp(container);
    expect(Number(await container.execute("id", "-u")), "its user").to.be.greaterThan(0);
    const { rpc, gateway, rollups } = before.l1;
    await deposit(rpc, gateway, rollups, 1);
    const status = await container.execute("node", "builder/cli/index.ts", "status", "--data", STATE);
    expect(status, "the native prover").to.match(/^prover +gnark: /m);
    const root = await ledgerOf(rpc, rollups);
    expect(await container.stop()).to.equal(0);
    expect(await container.logs()).to.include("\nstopping\n");

    await container.start();
    const after = await untilUp(container);
    expect(await ledgerOf(after.l1.rpc, after.l1.rollups)).to.equal(root);
  });

  it("has all that compose.yaml says: a builder, and a worker that proves for it", async function () {
    const compose = await findCompose();
    if (compose === undefined) {
      say("skipped: no Compose, neither as docker compose nor as docker-compose");
      this.skip();
    }
    const project = `lockstep-trial-${process.pid}`;
    const run = async (...words: string[]) => await compose("-p", project, ...words);
    try {
      await run("up", "-d", "--no-build");
      while (!(await answers(COMPOSED.rollup))) await sleep(500);
      await deposit(COMPOSED.l1, COMPOSED.gateway, COMPOSED.manager, 6);
      const proofs = (await run("logs", "--no-color", "prover-worker")).match(/"msg":"proven"/g) ?? [];
      say(`${proofs.length} proofs by the worker`);
      expect(proofs).not.to.deep.equal([]);
      await run("stop");
      const ids = (await run("ps", "-q")).split(/\s+/).filter((id) => /^[0-9a-f]{64}$/.test(id));
      expect(ids).not.to.deep.equal([]);
      for (const id of ids) expect(await exitCodeOf(id), await docker("inspect", id)).to.equal(0);
    } finally {
      await run("down", "--volumes");
    }
  });
});

async function answers(url: string): Promise<boolean> {
  return await ask(url, "eth_blockNumber").then(
    () => true,
    () => false,
  );
}

/** Waits until the devnet says where it is. */
async function untilUp(container: Container): Promise<DevnetDescription> {
  for (;;) {
    const text = await container.execute("cat", `${STATE}/devnet.json`).catch(() => undefined);
    if (text !== undefined) return devnetDescription.parse(JSON.parse(text));
    if (!(await container.isRunning())) throw new Error(await container.logs());
    await sleep(500);
  }
}

/** So many accounts call the ledger, which takes a proof each, and wait until L1 has them. */
async function deposit(rpc: string, gateway: string, manager: Address, calls: number): Promise<void> {
  const l1 = clientsOf(rpc);
  const to = await createProxy(l1, manager, LEDGER, LEDGER_ID);
  const sent: Hex[] = [];
  for (let index = 0; index < calls; index++) {
    const sender = clientsOf(gateway).writer(accountAt(2 + index));
    sent.push(await sender.sendTransaction({ to, value: 5n, gas: 2_000_000n, chain: null }));
  }
  for (const hash of sent) await untilIncluded(l1, hash);
}

async function ledgerOf(rpc: string, manager: Address): Promise<string> {
  const read = { address: manager, abi: rollupsAbi, functionName: "rollupOf", args: [LEDGER_ID] } as const;
  const { root, etherBalance } = await clientsOf(rpc).reader.readContract(read);
  return `${root} ${etherBalance}`;
}
