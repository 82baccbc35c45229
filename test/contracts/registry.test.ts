import { expect } from "chai";
import { getAddress, type Hex, zeroAddress } from "viem";
import { FIELD_MODULUS, L1 } from "../../builder/protocol/ids.ts";
import { batchOf, call, execution, REMOTE, result, simpleCall, step, visit } from "./lists.ts";
import { eventsOf, expectRevert, mined } from "./outcome.ts";
import { play, program, proxy } from "./play.ts";
import { deploy, KEY, rootAt, rootHex, type Setup } from "./setup.ts";

const OTHER_KEY: Hex = `0x${"22".repeat(32)}`;

describe("Rollups: registry", () => {
  let s: Setup;
  beforeEach(async () => {
    s = await deploy();
  });

  it("refuses a rollup without keys, without proof system, or with a root out of range", async () => {
    const registration = {
      owner: s.owner,
      proofSystem: s.proofSystem,
      verificationKeys: [KEY],
      genesisRoot: rootHex(1n),
      nativeToken: false,
    };
    const register = (change: object) => s.rollups.simulate.register([{ ...registration, ...change }]);
    await expectRevert(register({ verificationKeys: [] }), "NoVerificationKey", []);
    await expectRevert(register({ proofSystem: s.stranger }), "ProofSystemWithoutCode", [
      getAddress(s.stranger),
    ]);
    await expectRevert(register({ genesisRoot: rootHex(FIELD_MODULUS) }), "RootOutOfField", [
      rootHex(FIELD_MODULUS),
    ]);
    expect((await register({ genesisRoot: rootHex(FIELD_MODULUS - 1n) })).result).to.equal(3n);
  });

  it("tells what it knows, and refuses unknown rollups", async () => {
    expect(await s.rollups.read.rollupOf([s.a])).to.deep.equal({
      owner: getAddress(s.owner),
      proofSystem: getAddress(s.proofSystem),
      root: rootHex(rootAt(0)),
      etherBalance: 0n,
      nativeToken: false,
    });
    for (const unknown of [0n, 3n]) {
      await expectRevert(s.rollups.read.rollupOf([unknown]), "UnknownRollup", [unknown]);
      await expectRevert(s.rollups.simulate.createProxy([REMOTE, unknown]), "UnknownRollup", [unknown]);
      await expectRevert(s.rollups.simulate.transferOwnership([unknown, s.owner]), "UnknownRollup", [
        unknown,
      ]);
    }
  });

  it("lets the owner alone replace keys and hand over", async () => {
    const stranger = { account: s.stranger };
    const refused = [s.a, getAddress(s.stranger)];
    await expectRevert(
      s.rollups.simulate.transferOwnership([s.a, s.stranger], stranger),
      "NotOwner",
      refused,
    );
    await expectRevert(
      s.rollups.simulate.replaceVerification([s.a, s.proofSystem, [KEY]], stranger),
      "NotOwner",
      refused,
    );
    await mined(s, s.rollups.write.replaceVerification([s.a, s.proofSystem, [OTHER_KEY]]));
    expect(await s.rollups.read.isVerificationKey([s.a, KEY])).to.equal(false);
    expect(await s.rollups.read.isVerificationKey([s.a, OTHER_KEY])).to.equal(true);
    expect(await s.rollups.read.isVerificationKey([s.b, KEY])).to.equal(true);
    await expectRevert(s.rollups.simulate.replaceVerification([s.a, s.proofSystem, []]), "NoVerificationKey");
    await mined(s, s.rollups.write.transferOwnership([s.a, zeroAddress]));
    await expectRevert(s.rollups.simulate.transferOwnership([s.a, s.owner]), "NotOwner", [
      s.a,
      getAddress(s.owner),
    ]);
  });

  it("replaces no keys while an execution is open", async () => {
    const { encodeFunctionData, toFunctionSelector } = await import("viem");
    await mined(s, s.rollups.write.transferOwnership([s.b, s.other.address]));
    const replace = encodeFunctionData({
      abi: s.rollups.abi,
      functionName: "replaceVerification",
      args: [s.b, s.proofSystem, [OTHER_KEY]],
    });
    await program(s, s.other, "0x01", {
      steps: [step(s.rollups.address, replace, { mayFail: true })],
      echoes: true,
    });
    const there = await proxy(s, REMOTE, s.a);
    const open = execution(
      [
        call(L1, s.a, s.actor.address, REMOTE),
        call(s.a, L1, REMOTE, s.other.address, { data: "0x01" }),
        result(L1, s.a, toFunctionSelector("Busy()")),
        result(s.a, L1),
      ],
      [visit(s.a, rootAt(0), rootAt(1))],
    );
    await play(s, [await batchOf(s, [open])], [step(there)]);
    expect(await s.rollups.read.isVerificationKey([s.b, OTHER_KEY])).to.equal(false);
  });
});

describe("Rollups: proxies", () => {
  let s: Setup;
  beforeEach(async () => {
    s = await deploy();
  });

  it("creates one proxy for each contract and rollup, at the address foretold", async () => {
    const foretold = await s.rollups.read.proxyOf([REMOTE, s.a]);
    expect((await s.rollups.simulate.createProxy([REMOTE, s.a])).result).to.equal(foretold);
    const first = await mined(s, s.rollups.write.createProxy([REMOTE, s.a]));
    expect(eventsOf(first)).to.deep.equal([
      { eventName: "ProxyCreated", args: { proxy: foretold, original: getAddress(REMOTE), rollup: s.a } },
    ]);
    expect(eventsOf(await mined(s, s.rollups.write.createProxy([REMOTE, s.a])))).to.deep.equal([]);
    expect(await s.rollups.read.proxyOf([REMOTE, s.b])).not.to.equal(foretold);
  });

  it("are not believed when somebody else created them", async () => {
    const impostor = await s.create(
      "CrossChainProxy",
      (await import("../../builder/protocol/abi.ts")).crossChainProxyAbi,
      [REMOTE, s.a],
    );
    const once = simpleCall(s.a, s.actor.address, [rootAt(0), rootAt(1)]);
    // It forwards to its own creator, an account, so nothing happens; and who speaks for it is told apart.
    const { outcomes } = await play(s, [await batchOf(s, [once])], [step(impostor)]);
    expect(outcomes[0]?.data).to.equal("0x");
    expect((await s.rollups.read.rollupOf([s.a])).root).to.equal(rootHex(rootAt(0)));
    await expectRevert(s.rollups.simulate.relay([s.a, REMOTE, s.owner, "0x"]), "NotProxy", [
      getAddress(s.owner),
    ]);
  });
});
