import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { expect } from "chai";
import { type Address, encodeFunctionData, type Hex, isAddress, parseAbi, parseGwei, toHex } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { type Devnet, startDevnet } from "../../builder/devnet/devnet.ts";
import { DEVNET_ROLLUPS } from "../../builder/devnet/devnet-rollups.ts";
import { PREDEPLOY_NAMES } from "../../builder/kinds/evm/genesis/names.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { genesisContracts, parseConfiguration } from "../../builder/node/configuration.ts";
import { descriptionFile } from "../../builder/node/deployment/description.ts";
import { readGenesis } from "../../builder/node/genesis/given.ts";
import { PROJECT_ROOT } from "../../builder/places/places.ts";
import { builderRollup, deployedKinds, knownKind } from "../../builder/node/kinds/index.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { accountAt, type L1, startL1 } from "../core/setup.ts";
import { UnprovenProver } from "../core/unproven.ts";
import { Command } from "../trials/support/command.ts";
import { ask } from "../trials/support/json-rpc.ts";
import { createProxy, untilIncluded } from "../trials/support/proxies.ts";

const execute = promisify(execFile);
const BOOTH: Address = "0x000000000000000000000000000000000071c4e7";
const ARTIFACT = "artifacts/contracts/examples/TicketBooth.sol/TicketBooth.json";
const abi = parseAbi(["function take() returns (uint256)", "function left() view returns (uint256)"]);

/** Solidity that is the user's own, on a rollup where each visit is proven, from genesis on. */
describe("a contract of one's own on a proven rollup", function () {
  this.timeout(900_000);

  describe("of a devnet", () => {
    let folder: string;
    let devnet: Devnet;
    let start = "";
    let call = "";

    before(async () => {
      const readme = await readFile(path.join(PROJECT_ROOT, "README.md"), "utf8");
      [, start = ""] = /^npm start -- --genesis-contract (.*)$/m.exec(readme) ?? [];
      [, call = ""] = /```sh\n(export ETH_RPC_URL[^]*?)```/.exec(readme) ?? [];
      const circuits = await prepareArtefacts();
      folder = await mkdtemp(path.join(tmpdir(), "lockstep-own-"));
      const rollups = DEVNET_ROLLUPS.map(({ name, kind }) => ({ names: [name], kind: knownKind(kind) }));
      const genesis = await readGenesis(
        { genesis: [], genesisContract: parseConfiguration(genesisContracts, [start]) },
        rollups,
        [],
      );
      const ports = await freePorts(DEVNET_ROLLUPS.length);
      devnet = await startDevnet({ ports, circuits, folder, genesis, predeploys: [] });
    });
    after(async () => {
      await devnet[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    it("is called from L1 as the README shows, and proven", async () => {
      expect(start).to.equal(`C=${BOOTH}:${ARTIFACT}`);
      const { l1, rollups } = devnet.description;
      const script = call
        .replace("./.lockstep/devnet.json", descriptionFile(folder))
        .replace("http://127.0.0.1:8546", l1.gateway)
        .replace("http://127.0.0.1:8550", rollups[3]?.gateway ?? "");
      let proofs = 0;
      devnet.prover.listen(() => (proofs += 1));
      const { stdout } = await execute("bash", ["-e", "-c", script], { cwd: PROJECT_ROOT });
      expect(stdout.trim().split("\n").at(-1)).to.equal("99");
      expect(proofs, "with two proofs at least on one bus").to.be.greaterThan(1);
    });
  });

  describe("that was deployed by hand", () => {
    const ROLLUP = chainId(1n);
    const user = accountAt(1);
    const keyOf = (index: number): Hex => toHex(accountAt(index).getHdKey().privateKey ?? new Uint8Array());
    let l1: L1;
    let folder: string;
    const commands: Command[] = [];
    const run = (options: readonly string[], key: Hex): Command => {
      const command = new Command(options, key);
      commands.push(command);
      return command;
    };

    before(async () => {
      l1 = await startL1();
      folder = await mkdtemp(path.join(tmpdir(), "lockstep-own-"));
    });
    after(async () => {
      for (const command of commands) await command.kill();
      await l1.close();
      await rm(folder, { recursive: true, force: true });
    });

    it("is known again by builders, after a kill, and by followers that know nothing but L1", async () => {
      const given = `1=${BOOTH}:${path.join(PROJECT_ROOT, ARTIFACT)}`;
      const kept = ["--data", path.join(folder, "deployment")];
      const deployment = run(
        ["deploy", "--rpc", l1.url, "--kinds", "proven-evm", "--genesis-contract", given, ...kept],
        keyOf(0),
      );
      expect(await deployment.end(), deployment.output).to.equal(0);
      const [, line = ""] = /npm run builder -- (.*)/.exec(deployment.output) ?? [];
      const [, manager = ""] = /--rollups (0x[0-9a-fA-F]{40})/.exec(line) ?? [];
      const [genesis = "", file = ""] = /--genesis 1=(\S+)/.exec(line) ?? [];
      if (!isAddress(manager)) throw new Error(deployment.output);

      const portBase = 20_000 + ((await freePorts(0)).rpc % 2_400) * 5;
      const own = ["--port-base", String(portBase), "--data", path.join(folder, "data")];
      const forgetful = run(["builder", ...line.replace(genesis, "").trim().split(/\s+/), ...own], keyOf(9));
      expect(await forgetful.end(), forgetful.output).to.equal(1);
      expect(forgetful.output)
        .to.match(/WRONG_GENESIS/)
        .and.to.match(/--genesis that deploy printed/);

      const options = ["builder", ...line.split(" "), ...own];
      let builder = run(options, keyOf(9));
      await builder.says("builder is up");
      const proxy = await createProxy(l1, manager, BOOTH, ROLLUP);
      const gateway = `http://127.0.0.1:${portBase + 1}`;
      const take = async (nonce: number): Promise<void> => {
        const raw = await user.signTransaction({
          chainId: 31337,
          type: "eip1559",
          nonce,
          to: proxy,
          data: encodeFunctionData({ abi, functionName: "take" }),
          gas: 2_000_000n,
          maxFeePerGas: parseGwei("100"),
          maxPriorityFeePerGas: 1n,
        });
        await untilIncluded(l1, String(await ask(gateway, "eth_sendRawTransaction", [raw])) as Hex);
      };
      await take(0);
      await builder.kill();
      builder = run(options, keyOf(9));
      await builder.says("builder is up");
      await take(1);
      const data = encodeFunctionData({ abi, functionName: "left" });
      const asked = ask(`http://127.0.0.1:${portBase + 2}`, "eth_call", [{ to: BOOTH, data }, "latest"]);
      expect(BigInt(String(await asked))).to.equal(98n);

      const rollups = [{ names: ["1"], kind: knownKind("proven-evm") }];
      const kept1 = [{ rollup: "1", file: path.resolve(tmpdir(), file) }];
      const accounts = await readGenesis({ genesis: kept1, genesisContract: [] }, rollups, []);
      const [kind] = deployedKinds(["proven-evm"], PREDEPLOY_NAMES, accounts);
      if (kind === undefined) throw new RangeError("one kind was asked for");
      await using follower = await createBuilder({
        l1Rpc: l1.url,
        manager,
        rollups: [builderRollup(ROLLUP, kind, await prepareArtefacts({ kinds: [kind] }))],
        account: accountAt(7),
        prover: new UnprovenProver(),
      });
      const { root } = await l1.reader.readContract({
        address: manager,
        abi: rollupsAbi,
        functionName: "rollupOf",
        args: [ROLLUP],
      });
      expect(await follower.stateRoot(ROLLUP)).to.equal(BigInt(root));
    });
  });
});
