import { expect } from "chai";
import hre from "hardhat";
import { type Address, getContract, zeroAddress } from "viem";
import { crossChainManagerAbi } from "../../builder/protocol/abi.ts";
import { REMOTE } from "./lists.ts";
import { expectRevert, mined } from "./outcome.ts";
import { connect, deploy } from "./setup.ts";

/** Where the system contract of `evm` rollups is (docs/spec.md section 7). */
const SYSTEM: Address = "0x0000000000000000000000004c6f636b73746570";

describe("CrossChainManager", () => {
  /** An EVM that has the contract's runtime code in its genesis, as an `evm` rollup has. */
  const genesis = async (address: Address = SYSTEM) => {
    const rollup = await connect();
    const { deployedBytecode, immutableReferences } = await hre.artifacts.readArtifact("CrossChainManager");
    expect(immutableReferences ?? {}, "nothing is filled in at deployment").to.deep.equal({});
    await rollup.networkHelpers.setCode(address, deployedBytecode);
    const client = { public: rollup.publicClient, wallet: rollup.walletClient };
    return { rollup, system: getContract({ abi: crossChainManagerAbi, address, client }) };
  };

  it("creates proxies where it says, with the code that L1 has too, and once", async () => {
    const { rollup, system } = await genesis();
    const foretold = await system.read.proxyOf([REMOTE, 0n]);
    expect(await rollup.publicClient.getCode({ address: foretold })).to.equal(undefined);
    for (const logs of [1, 0]) {
      const hash = await system.write.createProxy([REMOTE, 0n]);
      const receipt = await rollup.publicClient.waitForTransactionReceipt({ hash });
      expect(receipt.logs.length).to.equal(logs);
    }
    const code = await rollup.publicClient.getCode({ address: foretold });
    const s = await deploy();
    await mined(s, s.rollups.write.createProxy([REMOTE, s.a]));
    const onL1 = await s.publicClient.getCode({ address: await s.rollups.read.proxyOf([REMOTE, s.a]) });
    expect(code?.length).to.equal(onL1?.length);
    expect(await system.read.proxyOf([REMOTE, 1n])).not.to.equal(foretold);
  });

  it("names proxies by the formula of L1's manager", async () => {
    const s = await deploy();
    const { system } = await genesis(s.rollups.address);
    expect(await system.read.proxyOf([REMOTE, s.a])).to.equal(await s.rollups.read.proxyOf([REMOTE, s.a]));
  });

  it("refuses relays of others than proxies, and keeps no value", async () => {
    const { rollup, system } = await genesis();
    for (const value of [0n, 1n]) {
      await expectRevert(
        system.simulate.relay([1n, REMOTE, zeroAddress, "0x"], { value, account: rollup.owner }),
        "NotProxy",
        [rollup.owner],
        crossChainManagerAbi,
      );
    }
    const gift = rollup.publicClient.call({ account: rollup.owner, to: SYSTEM, value: 1n });
    expect(
      await gift.then(
        () => "taken",
        () => "refused",
      ),
    ).to.equal("refused");
  });

  it("refuses a relay that no machine took out of the rollup, raw, and gives the value back", async () => {
    const { rollup, system } = await genesis();
    await system.write.createProxy([REMOTE, 7n]);
    const to = await system.read.proxyOf([REMOTE, 7n]);
    for (const value of [0n, 5n]) {
      await expectRevert(
        rollup.publicClient.call({ account: rollup.owner, to, value, data: "0x1234" }),
        "OwnChain",
        [7n],
        crossChainManagerAbi,
      );
    }
  });
});
