import { expect } from "chai";
import { a, b, ethers, lockstep, networkHelpers, proxyOf } from "./setup.ts";

describe("boxes on three chains", () => {
  async function boxes() {
    const onL1 = await ethers.deployContract("Postbox");
    const onA = await a.ethers.deployContract("Postbox");
    const onB = await b.ethers.deployContract("Postbox");
    return { onL1, onA, onB, bFromA: await proxyOf(onB, "b", "a"), aFromL1: await proxyOf(onA, "a", "L1") };
  }
  const deployed = () => networkHelpers.loadFixture(boxes);

  it("visits B from A, in a transaction of A", async () => {
    const { onA, onB, bFromA } = await deployed();
    await onA.pass(bFromA);
    expect(await onB.visits()).to.equal(1n);
  });

  it("are visited by the proxy of who calls", async () => {
    const { onA, onB, bFromA } = await deployed();
    await onA.pass(bFromA);
    expect(await onB.last()).to.equal(ethers.getAddress(await proxyOf(onA, "a", "b")));
  });

  it("sends Ether from L1 to A", async () => {
    const { onL1, onA, aFromL1 } = await deployed();
    await onL1.pass(aFromL1, { value: 5n });
    expect(await a.ethers.provider.getBalance(onA)).to.equal(5n);
  });

  it("gives a contract an address by the protocol's own interface", async () => {
    const { onL1, onA, aFromL1 } = await deployed();
    const name = await onL1.nameOf(lockstep.devnet.l1.rollups, onA, 1);
    expect(name).to.equal(ethers.getAddress(aFromL1));
  });

  it("goes back on all chains by a snapshot of L1", async () => {
    const { onA, onB, bFromA } = await deployed();
    const snapshot = await networkHelpers.takeSnapshot();
    await onA.pass(bFromA);
    await snapshot.restore();
    expect([await onA.visits(), await onB.visits()]).to.deep.equal([0n, 0n]);
  });
});
