import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { encodeFunctionData, type Hex, isAddress, parseAbi, parseGwei, toHex } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { PREDEPLOY_NAMES } from "../../builder/kinds/evm/genesis/names.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { builderRollup, deployedKinds, PROVEN_COUNTER } from "../../builder/node/kinds/index.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { accountAt, type L1 } from "../core/setup.ts";
import { UnprovenProver } from "../core/unproven.ts";
import { anvilMissing, startAnvil } from "../post/nodes.ts";
import { Command } from "./support/command.ts";
import { ask } from "./support/json-rpc.ts";
import { createProxy, untilIncluded } from "./support/proxies.ts";
import { say } from "./support/say.ts";
import { holdTrialCeremony } from "./support/trial-ceremony.ts";

/** Sepolia's: no chain on which development keys are allowed. */
const EVM_CHAIN_ID = 11_155_111;
const ROLLUP = chainId(1);
const abi = parseAbi(["function increment() returns (uint256)", "function count() view returns (uint256)"]);
const keyOf = (index: number): Hex => toHex(accountAt(index).getHdKey().privateKey ?? new Uint8Array());

/** With a ceremony's [τ]₂ in the key set: codes are registered and opened under it, and proofs verified. */
const title = "a rehearsal of proven Solidity on a chain that is not local";
describe(anvilMissing === undefined ? title : `${title}: ${anvilMissing}`, function () {
  this.timeout(3 * 60 * 60_000);
  const user = accountAt(1);
  let folder: string;
  let keys: string;
  let l1: L1;
  const commands: Command[] = [];
  const run = (options: readonly string[], key: Hex): Command => {
    const command = new Command(options, key);
    commands.push(command);
    return command;
  };

  before(async function () {
    if (anvilMissing !== undefined) this.skip();
    folder = await mkdtemp(path.join(tmpdir(), "lockstep-rehearsal-"));
    keys = process.env.LOCKSTEP_TRIAL_EVM_KEYS ?? (await holdTrialCeremony(folder, "proven-evm"));
    l1 = await startAnvil(EVM_CHAIN_ID);
  });
  after(async () => {
    for (const command of commands) await command.kill();
    await l1.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("with a ceremony's keys: deployed, proven, and followed from L1 alone", async () => {
    const deploy = [
      "deploy",
      "--rpc",
      l1.url,
      "--kinds",
      "proven-evm",
      "--data",
      path.join(folder, "deployed"),
    ];
    const insecure = run(deploy, keyOf(0));
    expect(await insecure.end()).to.equal(1);
    expect(insecure.output).to.include("DEVELOPMENT_KEY");
    const deployment = run([...deploy, "--keys", keys], keyOf(0));
    expect(await deployment.end(), deployment.output).to.equal(0);
    const [, line = ""] = /npm run builder -- (.*)/.exec(deployment.output) ?? [];
    const [, manager = ""] = /--rollups (0x[0-9a-fA-F]{40})/.exec(deployment.output) ?? [];
    if (!isAddress(manager)) throw new Error(deployment.output);
    const portBase = 20_000 + ((await freePorts(0)).rpc % 2_400) * 5;
    const own = ["--port-base", String(portBase), "--data", path.join(folder, "data")];
    const builder = run(["builder", ...line.split(" "), ...own], keyOf(9));
    await builder.says("builder is up");

    const to = await createProxy(l1, manager, PROVEN_COUNTER, ROLLUP);
    const begin = performance.now();
    const raw = await user.signTransaction({
      chainId: EVM_CHAIN_ID,
      type: "eip1559",
      nonce: 0,
      to,
      data: encodeFunctionData({ abi, functionName: "increment" }),
      gas: 2_000_000n,
      maxFeePerGas: parseGwei("100"),
      maxPriorityFeePerGas: 1n,
    });
    const sent = ask(`http://127.0.0.1:${portBase + 1}`, "eth_sendRawTransaction", [raw]);
    await untilIncluded(l1, String(await sent) as Hex);
    say(`first call: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    const data = encodeFunctionData({ abi, functionName: "count" });
    const asked = ask(`http://127.0.0.1:${portBase + 2}`, "eth_call", [
      { to: PROVEN_COUNTER, data },
      "latest",
    ]);
    expect(BigInt(String(await asked))).to.equal(1n);

    const [kind] = deployedKinds(["proven-evm"], PREDEPLOY_NAMES);
    if (kind === undefined) throw new RangeError("one kind was asked for");
    await using follower = await createBuilder({
      l1Rpc: l1.url,
      manager,
      rollups: [builderRollup(ROLLUP, kind, await prepareArtefacts({ keys, kinds: [kind] }))],
      account: accountAt(7),
      prover: new UnprovenProver(),
    });
    const read = { address: manager, abi: rollupsAbi, functionName: "rollupOf", args: [ROLLUP] } as const;
    const { root } = await l1.reader.readContract(read);
    expect(await follower.stateRoot(ROLLUP)).to.equal(BigInt(root));
  });
});
