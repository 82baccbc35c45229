import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { createPublicClient, getAddress, http, type Hex, parseAbi } from "viem";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { freePorts } from "../../builder/node/ports.ts";

const PROJECT = path.resolve(import.meta.dirname, "../..");
const HARDHAT = path.join(PROJECT, "node_modules/hardhat/dist/src/cli.js");
const execute = promisify(execFile);
const managerAbi = parseAbi(["function proxyOf(address original, uint64 rollup) view returns (address)"]);

/** A new user's: nothing of Lockstep's is in it but the addresses of two gateways. */
describe("a Hardhat project outside the repository", function () {
  this.timeout(600_000);
  let devnet: Devnet;
  let folder: string;

  before(async () => {
    devnet = await startDevnet({
      ports: await freePorts(DEVNET_ROLLUPS.length),
      circuits: await prepareArtefacts(),
    });
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-outside-"));
    await cp(path.join(import.meta.dirname, "outside-project"), folder, { recursive: true });
    // Its packages are the repository's: nothing is fetched.
    await symlink(path.join(PROJECT, "node_modules"), path.join(folder, "node_modules"));
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function hardhat(...options: string[]): Promise<string> {
    const { stdout } = await execute(process.execPath, [HARDHAT, ...options], { cwd: folder });
    return stdout;
  }

  it("is what the README shows", async () => {
    const readme = await readFile(path.join(PROJECT, "README.md"), "utf8");
    const shown = async (file: string) =>
      await readFile(path.join(import.meta.dirname, "outside-project", file), "utf8");
    const networks = /^ {2}networks: \{\n[^]*?^ {2}\},\n/m.exec(await shown("hardhat.config.ts"))?.[0];
    expect(readme).to.include("```ts\n" + (networks ?? "no networks") + "```");
    expect(readme).to.include("```solidity\n" + (await shown("contracts/Visitor.sol")) + "```");
  });

  it("deploys to a rollup by a network entry alone, and calls L1 from it", async () => {
    const { l1, rollups } = devnet.description;
    const a = rollups.find(({ name }) => name === "A");
    if (a === undefined) throw new Error("the devnet has no A");
    const config = path.join(folder, "hardhat.config.ts");
    const entries = (await readFile(config, "utf8"))
      .replace("http://127.0.0.1:8546", l1.gateway)
      .replace("http://127.0.0.1:8548", a.gateway);
    await writeFile(config, entries);

    await hardhat("build", "--quiet");
    const output = await hardhat("run", "--no-compile", "scripts/visit.js");
    expect(output).to.include("the visitor on A has number 1");

    // The guest is the visitor's proxy on L1.
    const guest = /the book on L1 has guest (0x[0-9a-fA-F]{40})/.exec(output)?.[1];
    const client = createPublicClient({ transport: http(a.gateway) });
    const visitor = await firstContractOn(client);
    const proxy = await createPublicClient({ transport: http(l1.gateway) }).readContract({
      address: l1.rollups,
      abi: managerAbi,
      functionName: "proxyOf",
      args: [visitor, BigInt(a.id)],
    });
    expect(guest).to.equal(getAddress(proxy));
  });

  /** The address of the first contract that a transaction signed for the rollup deployed. */
  async function firstContractOn(client: ReturnType<typeof createPublicClient>): Promise<Hex> {
    const latest = await client.getBlockNumber();
    for (let blockNumber = 0n; blockNumber <= latest; blockNumber++) {
      const { transactions } = await client.getBlock({ blockNumber });
      for (const hash of transactions) {
        const { contractAddress } = await client.getTransactionReceipt({ hash });
        if (contractAddress != null) return contractAddress;
      }
    }
    throw new Error("nothing was deployed");
  }
});
