import { expect } from "chai";
import type { Hex } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { LEDGER } from "../../builder/kinds/ledger/abi.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { builderRollup, knownKind } from "../../builder/node/kinds/index.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId, L1 as L1_CHAIN } from "../../builder/protocol/ids.ts";
import { accountAt } from "../core/setup.ts";
import { UnprovenProver } from "../core/unproven.ts";
import { anvilMissing } from "../post/nodes.ts";
import { createProxy, untilIncluded } from "./support/proxies.ts";
import { Rehearsal } from "./support/rehearsal.ts";
import { say } from "./support/say.ts";

const LEDGER_ID = chainId(1);

const title = "a rehearsal on a chain that is not local";
describe(anvilMissing === undefined ? title : `${title}: ${anvilMissing}`, function () {
  this.timeout(3 * 60 * 60_000);
  const started = new AsyncDisposableStack();
  let rehearsal: Rehearsal;

  before(async function () {
    if (anvilMissing !== undefined) this.skip();
    rehearsal = started.use(await Rehearsal.start("ledger", process.env.LOCKSTEP_TRIAL_KEYS));
  });
  after(() => started.disposeAsync());

  it("with a ceremony's keys: deployed, proven, killed, and followed from L1 alone", async () => {
    const { l1, keys, user } = rehearsal;
    const deployment = rehearsal.deploy("ledger", "--keys", keys);
    expect(await deployment.end(), deployment.output).to.equal(0);
    const { manager, builder: options, gateways } = await rehearsal.deployed(deployment);
    const refused = rehearsal.build(options.filter((option) => option !== "--keys" && option !== keys));
    expect(await refused.end()).to.equal(1);
    expect(refused.output).to.include("DEVELOPMENT_KEY");

    let builder = rehearsal.build(options);
    await builder.says("builder is up");
    const to = await createProxy(l1, manager, LEDGER, LEDGER_ID);
    const deposit = async (nonce: number, value: bigint): Promise<Hex> =>
      await rehearsal.send(gateways.l1, { nonce, to, value });
    let begin = performance.now();
    const first = await deposit(0, 5n);
    await untilIncluded(l1, first);
    say(`first call: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);

    const second = await deposit(1, 6n);
    await builder.kill();
    expect(await l1.reader.getTransactionCount({ address: user.address })).to.equal(1);
    begin = performance.now();
    builder = rehearsal.build(options);
    await untilIncluded(l1, second);
    say(`after the kill: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);

    const kind = knownKind("ledger");
    const circuits = await prepareArtefacts({ keys, kinds: [kind] });
    await using follower = await createBuilder({
      l1Rpc: l1.url,
      manager,
      rollups: [builderRollup(LEDGER_ID, kind, circuits)],
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
