import { expect } from "chai";
import {
  encodeFunctionData,
  getAddress,
  type Hex,
  pad,
  parseAbi,
  toFunctionSelector,
  zeroAddress,
} from "viem";
import { FIELD_MODULUS, L1 } from "../../builder/protocol/ids.ts";
import { batchOf, call, execution, REMOTE, result, simpleCall, step, visit } from "./lists.ts";
import { eventsOf, expectRevert, mined } from "./outcome.ts";
import { runSteps, program, proxy } from "./run-steps.ts";
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
      verificationDelay: 0,
    };
    const register = (change: object) => s.rollups.simulate.register([{ ...registration, ...change }]);
    await expectRevert(register({ verificationKeys: [] }), "NoVerificationKey", []);
    await expectRevert(register({ proofSystem: s.stranger }), "ProofSystemWithoutCode", [
      getAddress(s.stranger),
    ]);
    // One that takes words of 30 bytes, and a contract that is no proof system.
    const abi = parseAbi(["constructor(uint256 bytesPerWord)"]);
    for (const proofSystem of [await s.create("RevealingProofSystem", abi, [30]), s.actor.address]) {
      const refused = [getAddress(proofSystem)];
      await expectRevert(register({ proofSystem }), "UnknownStatementForm", refused);
      const proposal = s.rollups.simulate.proposeVerification([s.a, proofSystem, [KEY]]);
      await expectRevert(proposal, "UnknownStatementForm", refused);
    }
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
      verificationDelay: 0,
    });
    for (const unknown of [0n, 3n]) {
      await expectRevert(s.rollups.read.rollupOf([unknown]), "UnknownRollup", [unknown]);
      await expectRevert(s.rollups.simulate.createProxy([REMOTE, unknown]), "UnknownRollup", [unknown]);
      await expectRevert(s.rollups.simulate.transferOwnership([unknown, s.owner]), "UnknownRollup", [
        unknown,
      ]);
    }
  });

  const noPending = { owner: zeroAddress, verification: pad("0x0"), applicableAt: 0n };
  const asStranger = () => ({ account: s.stranger });

  it("lets the owner alone decide", async () => {
    const { simulate } = s.rollups;
    const refused = [s.a, getAddress(s.stranger)];
    const given = [s.a, s.proofSystem, [KEY]] as const;
    await expectRevert(simulate.transferOwnership([s.a, s.stranger], asStranger()), "NotOwner", refused);
    await expectRevert(simulate.proposeVerification(given, asStranger()), "NotOwner", refused);
    await expectRevert(simulate.cancelVerification([s.a], asStranger()), "NotOwner", refused);
    await mined(s, s.rollups.write.proposeVerification(given));
    await expectRevert(simulate.applyVerification(given, asStranger()), "NotOwner", refused);
  });

  it("hands a rollup over when the new owner accepts it, and not before", async () => {
    const { simulate, write, read } = s.rollups;
    const ownerOf = async () => (await read.rollupOf([s.a])).owner;
    await expectRevert(simulate.acceptOwnership([s.a], asStranger()), "NotOfferedTo", [
      s.a,
      getAddress(s.stranger),
    ]);
    const offered = await mined(s, write.transferOwnership([s.a, s.stranger]));
    const [owner, newOwner] = [getAddress(s.owner), getAddress(s.stranger)];
    expect(eventsOf(offered)).to.deep.equal([
      { eventName: "OwnershipOffered", args: { rollup: s.a, owner, newOwner } },
    ]);
    expect(await ownerOf()).to.equal(owner);
    expect(await read.pendingOf([s.a])).to.deep.equal({ ...noPending, owner: newOwner });
    await expectRevert(simulate.acceptOwnership([s.a]), "NotOfferedTo", [s.a, owner]);
    await expectRevert(simulate.acceptOwnership([s.b], asStranger()), "NotOfferedTo", [s.b, newOwner]);
    const accepted = await mined(s, write.acceptOwnership([s.a], asStranger()));
    expect(eventsOf(accepted)).to.deep.equal([
      { eventName: "OwnershipTransferred", args: { rollup: s.a, oldOwner: owner, newOwner } },
    ]);
    expect(await ownerOf()).to.equal(newOwner);
    expect(await read.pendingOf([s.a])).to.deep.equal(noPending);
    await expectRevert(simulate.transferOwnership([s.a, s.owner]), "NotOwner", [s.a, owner]);
    await expectRevert(simulate.acceptOwnership([s.a], asStranger()), "NotOfferedTo");
  });

  it("takes the latest offer for the one that counts", async () => {
    await mined(s, s.rollups.write.transferOwnership([s.a, s.stranger]));
    await mined(s, s.rollups.write.transferOwnership([s.a, s.owner]));
    await expectRevert(s.rollups.simulate.acceptOwnership([s.a], asStranger()), "NotOfferedTo");
  });

  it("is immutable at once when nobody owns it, whatever was begun", async () => {
    const { simulate, write, read } = s.rollups;
    await mined(s, write.transferOwnership([s.a, s.stranger]));
    await mined(s, write.proposeVerification([s.a, s.proofSystem, [OTHER_KEY]]));
    await mined(s, write.transferOwnership([s.a, zeroAddress]));
    expect((await read.rollupOf([s.a])).owner).to.equal(zeroAddress);
    expect(await read.pendingOf([s.a])).to.deep.equal(noPending);
    const refused = [s.a, getAddress(s.owner)];
    await expectRevert(simulate.transferOwnership([s.a, s.owner]), "NotOwner", refused);
    await expectRevert(simulate.acceptOwnership([s.a], asStranger()), "NotOfferedTo");
    const given = [s.a, s.proofSystem, [OTHER_KEY]] as const;
    await expectRevert(simulate.proposeVerification(given), "NotOwner", refused);
    await expectRevert(simulate.applyVerification(given), "NotOwner", refused);
  });

  it("replaces keys when the delay is over that the rollup chose, and what was proposed alone", async () => {
    const { simulate, write, read } = s.rollups;
    const slow = await s.register({ verificationDelay: 3_600 });
    expect((await read.rollupOf([slow])).verificationDelay).to.equal(3_600);
    const given = [slow, s.proofSystem, [OTHER_KEY]] as const;
    await expectRevert(simulate.proposeVerification([slow, s.proofSystem, []]), "NoVerificationKey");
    await expectRevert(simulate.proposeVerification([slow, s.stranger, [KEY]]), "ProofSystemWithoutCode");
    await expectRevert(simulate.applyVerification(given), "NotProposed", [slow]);
    await expectRevert(simulate.cancelVerification([slow]), "NotProposed", [slow]);
    const proposed = await mined(s, write.proposeVerification(given));
    const { timestamp } = await s.publicClient.getBlock({ blockNumber: proposed.blockNumber });
    const applicableAt = timestamp + 3_600n;
    expect((await read.pendingOf([slow])).applicableAt).to.equal(applicableAt);
    await expectRevert(simulate.applyVerification(given), "ProposalTooNew", [slow, applicableAt]);
    await s.networkHelpers.time.increaseTo(applicableAt - 2n);
    await expectRevert(simulate.applyVerification(given), "ProposalTooNew", [slow, applicableAt]);
    expect(await read.isVerificationKey([slow, KEY])).to.equal(true);
    await s.networkHelpers.time.increaseTo(applicableAt);
    await expectRevert(simulate.applyVerification([slow, s.proofSystem, [KEY]]), "NotProposed", [slow]);
    const applied = await mined(s, write.applyVerification(given));
    expect(eventsOf(applied).map(({ eventName }) => eventName)).to.deep.equal(["VerificationReplaced"]);
    expect(await read.isVerificationKey([slow, KEY])).to.equal(false);
    expect(await read.isVerificationKey([slow, OTHER_KEY])).to.equal(true);
    expect(await read.isVerificationKey([s.b, KEY])).to.equal(true);
    // It was for once.
    await expectRevert(simulate.applyVerification(given), "NotProposed", [slow]);
  });

  it("keeps the form of statements that its proof system takes, until another one is applied", async () => {
    const { write, read } = s.rollups;
    expect(await read.dataWordBytesOf([s.a])).to.equal(31n);
    const abi = parseAbi(["constructor(uint256 bytesPerWord)"]);
    const given = [s.a, await s.create("RevealingProofSystem", abi, [32]), [KEY]] as const;
    await mined(s, write.proposeVerification(given));
    expect(await read.dataWordBytesOf([s.a])).to.equal(31n);
    await mined(s, write.applyVerification(given));
    expect(await read.dataWordBytesOf([s.a])).to.equal(32n);
    expect(await read.dataWordBytesOf([s.b])).to.equal(31n);
  });

  it("forgets a proposal that is cancelled, or replaced by another one, whose time begins anew", async () => {
    const { simulate, write } = s.rollups;
    const slow = await s.register({ verificationDelay: 100 });
    const [first, second] = [
      [slow, s.proofSystem, [OTHER_KEY]],
      [slow, s.proofSystem, [KEY, OTHER_KEY]],
    ] as const;
    await mined(s, write.proposeVerification(first));
    await s.networkHelpers.time.increase(90);
    await mined(s, write.proposeVerification(second));
    await s.networkHelpers.time.increase(20);
    await expectRevert(simulate.applyVerification(first), "NotProposed", [slow]);
    await expectRevert(simulate.applyVerification(second), "ProposalTooNew");
    await s.networkHelpers.time.increase(100);
    await mined(s, write.cancelVerification([slow]));
    await expectRevert(simulate.applyVerification(second), "NotProposed", [slow]);
  });

  it("replaces no keys while an execution is open", async () => {
    const given = [s.b, s.proofSystem, [OTHER_KEY]] as const;
    await mined(s, s.rollups.write.proposeVerification(given));
    await mined(s, s.rollups.write.transferOwnership([s.b, s.other.address]));
    const accept = encodeFunctionData({ abi: s.rollups.abi, functionName: "acceptOwnership", args: [s.b] });
    await program(s, s.other, "0x02", { steps: [step(s.rollups.address, accept)] });
    await runSteps(s, [], [step(s.other.address, "0x02")]);
    const replace = encodeFunctionData({
      abi: s.rollups.abi,
      functionName: "applyVerification",
      args: given,
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
    await runSteps(s, [await batchOf(s, [open])], [step(there)]);
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
    const { outcomes } = await runSteps(s, [await batchOf(s, [once])], [step(impostor)]);
    expect(outcomes[0]?.data).to.equal("0x");
    expect((await s.rollups.read.rollupOf([s.a])).root).to.equal(rootHex(rootAt(0)));
    await expectRevert(s.rollups.simulate.relay([s.a, REMOTE, s.owner, "0x"]), "NotProxy", [
      getAddress(s.owner),
    ]);
  });
});
