import { expect } from "chai";
import { encodeFunctionData, parseAbi } from "viem";
import { createBuilder } from "../../builder/core/builder.ts";
import { PREDEPLOY_NAMES } from "../../builder/kinds/evm/genesis/names.ts";
import { prepareArtefacts } from "../../builder/node/artefacts.ts";
import { builderRollup, deployedKinds, PROVEN_COUNTER } from "../../builder/node/kinds/index.ts";
import { rollupsAbi } from "../../builder/protocol/abi.ts";
import { chainId } from "../../builder/protocol/ids.ts";
import { accountAt } from "../core/setup.ts";
import { UnprovenProver } from "../core/unproven.ts";
import { anvilMissing } from "../post/nodes.ts";
import { ask } from "./support/json-rpc.ts";
import { createProxy, untilIncluded } from "./support/proxies.ts";
import { Rehearsal } from "./support/rehearsal.ts";
import { say } from "./support/say.ts";

const ROLLUP = chainId(1);
const abi = parseAbi(["function increment() returns (uint256)", "function count() view returns (uint256)"]);

/** With a ceremony's [τ]₂ in the key set: codes are registered and opened under it, and proofs verified. */
const title = "a rehearsal of proven Solidity on a chain that is not local";
describe(anvilMissing === undefined ? title : `${title}: ${anvilMissing}`, function () {
  this.timeout(3 * 60 * 60_000);
  const started = new AsyncDisposableStack();
  let rehearsal: Rehearsal;

  before(async function () {
    if (anvilMissing !== undefined) this.skip();
    rehearsal = started.use(await Rehearsal.start("proven-evm", process.env.LOCKSTEP_TRIAL_EVM_KEYS));
  });
  after(() => started.disposeAsync());

  it("with a ceremony's keys: deployed, proven, and followed from L1 alone", async () => {
    const { l1, keys } = rehearsal;
    const insecure = rehearsal.deploy("proven-evm");
    expect(await insecure.end()).to.equal(1);
    expect(insecure.output).to.include("DEVELOPMENT_KEY");
    const deployment = rehearsal.deploy("proven-evm", "--keys", keys);
    expect(await deployment.end(), deployment.output).to.equal(0);
    const { manager, builder: options, gateways } = await rehearsal.deployed(deployment);
    const builder = rehearsal.build(options);
    await builder.says("builder is up");

    const to = await createProxy(l1, manager, PROVEN_COUNTER, ROLLUP);
    const begin = performance.now();
    const increment = encodeFunctionData({ abi, functionName: "increment" });
    await untilIncluded(l1, await rehearsal.send(gateways.l1, { nonce: 0, to, data: increment }));
    say(`first call: ${((performance.now() - begin) / 1_000).toFixed(1)} s`);
    const data = encodeFunctionData({ abi, functionName: "count" });
    const asked = ask(gateways.rollup, "eth_call", [{ to: PROVEN_COUNTER, data }, "latest"]);
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
