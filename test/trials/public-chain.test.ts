import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect } from "chai";
import { type Hex, isAddress, parseGwei, toHex } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { builderRollup, knownKind } from "../../builder/node/kinds/index.ts";
import { freePorts } from "../../builder/node/ports.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId, L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { accountAt, type L1 } from "../core/setup.ts";
import { UnprovenProver } from "../core/unproven.ts";
import { anvilMissing, startAnvil } from "../post/nodes.ts";
import { Command } from "./support/command.ts";
import { ask } from "./support/json-rpc.ts";
import { createProxy, untilIncluded } from "./support/proxies.ts";
import { say } from "./support/say.ts";
import { holdTrialCeremony } from "./support/trial-ceremony.ts";

/** Sepolia's: no chain on which development keys or unproven rollups are allowed. */
const EVM_CHAIN_ID = 11_155_111;
const LEDGER_ID = chainId(1);
const keyOf = (index: number): Hex => toHex(accountAt(index).getHdKey().privateKey ?? new Uint8Array());

const title = "a rehearsal on a chain that is not local";
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
    // A ceremony takes minutes: one that was held before may be given.
    keys = process.env.LOCKSTEP_TRIAL_KEYS ?? (await holdTrialCeremony(folder, "ledger"));
    l1 = await startAnvil(EVM_CHAIN_ID);
  });
  after(async () => {
    for (const command of commands) await command.kill();
    await l1.close();
    await rm(folder, { recursive: true, force: true });
  });

  it("with a ceremony's keys: deployed, proven, killed, and followed from L1 alone", async () => {
    const deployment = run(["deploy", "--rpc", l1.url, "--kinds", "ledger", "--keys", keys], keyOf(0));
    expect(await deployment.end(), deployment.output).to.equal(0);
    const [, line = ""] = /npm run builder -- (.*)/.exec(deployment.output) ?? [];
    const [, manager = ""] = /--rollups (0x[0-9a-fA-F]{40})/.exec(deployment.output) ?? [];
    if (!isAddress(manager)) throw new Error(deployment.output);
    const portBase = 20_000 + ((await freePorts(0)).rpc % 2_400) * 5;
    const own = ["--port-base", String(portBase), "--data", path.join(folder, "data")];
    const options = ["builder", ...line.split(" "), ...own];
    const refused = run(
      options.filter((option) => option !== "--keys" && option !== keys),
      keyOf(9),
    );
    expect(await refused.end()).to.equal(1);
    expect(refused.output).to.include("DEVELOPMENT_KEY");

    let builder = run(options, keyOf(9));
    await builder.says("builder is up");
    const proxy = await createProxy(l1, manager, LEDGER, LEDGER_ID);
    const deposit = async (nonce: number, value: bigint): Promise<Hex> => {
      const raw = await user.signTransaction({
        chainId: EVM_CHAIN_ID,
        type: "eip1559",
        nonce,
        to: proxy,
        value,
        gas: 2_000_000n,
        maxFeePerGas: parseGwei("100"),
        maxPriorityFeePerGas: 1n,
      });
      const sent = ask(`http://127.0.0.1:${portBase + 1}`, "eth_sendRawTransaction", [raw]);
      return String(await sent) as Hex;
    };
    let begin = performance.now();
    const first = await deposit(0, 5n);
    await untilIncluded(l1, first);
    say(`first call: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);

    const second = await deposit(1, 6n);
    await builder.kill();
    expect(await l1.reader.getTransactionCount({ address: user.address })).to.equal(1);
    begin = performance.now();
    builder = run(options, keyOf(9));
    await untilIncluded(l1, second);
    say(`after the kill: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);

    const circuits = await prepareArtefacts({ keys });
    await using follower = await createBuilder({
      l1Rpc: l1.url,
      manager,
      rollups: [builderRollup(LEDGER_ID, knownKind("ledger"), circuits)],
      account: accountAt(7),
      prover: new UnprovenProver(),
    });
    expect((await follower.account(LEDGER_ID, L1_CHAIN, user.address)).balance).to.equal(11n);
    const read = { address: manager, abi: rollupsAbi, functionName: "rollupOf", args: [LEDGER_ID] } as const;
    const { root, etherBalance } = await l1.reader.readContract(read);
    expect(etherBalance).to.equal(11n);
    expect(await follower.stateRoot(LEDGER_ID)).to.equal(BigInt(root));
  });
});
