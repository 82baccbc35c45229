import { expect } from "chai";
import { lockstepActions } from "lockstep-client";
import { createWalletClient, defineChain, encodeFunctionData, http, type LocalAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { type Devnet, startDevnet } from "../../../builder/devnet/devnet.ts";
import { managerAbi } from "../../../builder/devnet/tour/abi.ts";
import { openDapp } from "../../../builder/devnet/tour/dapp.ts";
import { makeProvenCall } from "../../../builder/devnet/tour/proven-call.ts";
import { compileContracts } from "../../../builder/node/deployment/compile.ts";
import { freePorts } from "../../../builder/node/ports.ts";
import { ask, given } from "./ask.ts";

/** The same visits are refused as where they have to be proven. */
describe("a rollup whose Solidity is proven, as the methods see it that show what happens", function () {
  this.timeout(240_000);
  const ROLLUPS = [
    { name: "A", kind: "evm" },
    { name: "C", kind: "proven-evm" },
  ] as const;
  const [A, C] = ["0x1", "0x2"] as const;
  let devnet: Devnet;
  let user: LocalAccount;
  before(async () => {
    await compileContracts();
    devnet = await startDevnet({
      ports: await freePorts(ROLLUPS.length),
      rollups: ROLLUPS,
      proofs: "none",
    });
    user = privateKeyToAccount(devnet.description.accounts[1]!.privateKey);
  });
  after(async () => {
    await devnet[Symbol.asyncDispose]();
  });

  const rollups = () => {
    const [a, c] = devnet.description.rollups;
    if (a === undefined || c === undefined) throw new Error("a devnet of two rollups");
    return [a, c] as const;
  };
  const client = (on: "L1" | "C") => {
    const { chainId: id, gateway } = on === "L1" ? devnet.description.l1 : rollups()[1];
    const chain = defineChain({
      id,
      name: on,
      nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
      rpcUrls: { default: { http: [gateway] } },
    });
    return createWalletClient({ account: user, chain, transport: http() }).extend(
      lockstepActions(devnet.description),
    );
  };

  it("has proxies, which are there once their accounts have called", async () => {
    const { l1 } = devnet.description;
    const gateways = [l1, ...rollups()].map(({ gateway }) => gateway);
    const { caller } = await makeProvenCall(devnet.description);
    const stranger = await openDapp(devnet.description, 1).deploy("Counter");
    for (const [account, isThere] of [
      [caller, true],
      [stranger, false],
    ] as const) {
      const onC = await client("L1").proxyOf({ address: account, chain: "L1", on: "C" });
      const wanted = { chain: C, address: onC.toLowerCase(), deployed: isThere };
      for (const url of gateways) {
        const { proxies } = await ask(url, "lockstep_getProxies", [account, "0x0"]);
        expect(proxies.map(({ chain }) => chain)).to.deep.equal([A, C]);
        expect(proxies[1]).to.deep.equal(wanted);
      }
      const asked = await ask(l1.gateway, "lockstep_getProxies", [onC, C]);
      expect(asked.original).to.deep.equal(isThere ? { chain: "0x0", address: account.toLowerCase() } : null);
    }
  });

  it("makes no proxy by a transaction: that is refused by name, of which a simulation warns", async () => {
    const [{ gateway: onA }, { gateway: onC, contract }] = rollups();
    const failure: unknown = await client("C")
      .createProxy({ address: user.address, chain: "L1" })
      .catch((error: unknown) => error);
    expect(failure).to.have.property("message").that.contains("there is no proof yet of ");
    const data = encodeFunctionData({
      abi: managerAbi,
      functionName: "createProxy",
      args: [user.address, 0n],
    });
    const call = { from: user.address, to: contract, data };
    const { success, warnings } = await given(onC, "lockstep_simulateAcross", [call]);
    expect(success).to.equal(true);
    expect(warnings).to.have.length(1);
    expect(warnings[0]).to.contain("NOT_YET_PROVABLE");
    expect((await given(onA, "lockstep_simulateAcross", [call])).warnings).to.deep.equal([]);
  });
});
