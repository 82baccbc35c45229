import { expect } from "chai";
import { ethers, networkHelpers, vaultAcrossChains } from "./setup.ts";

describe("a vault on L1 with its accounting on A", () => {
  const deployed = () => networkHelpers.loadFixture(vaultAcrossChains);

  it("credits shares on A for a deposit on L1", async () => {
    const { vault, accounting, user } = await deployed();
    await vault.deposit(100n);
    expect(await accounting.shares(user)).to.equal(100n);
  });

  it("holds the tokens on L1", async () => {
    const { vault, token, user } = await deployed();
    const deposit = vault.deposit(100n);
    await expect(deposit).to.changeTokenBalances(ethers, token, [vault, user], [100n, -100n]);
  });

  it("begins each test where the fixture ended, on all chains", async () => {
    const { accounting, token, vault } = await deployed();
    expect(await accounting.total()).to.equal(0n);
    expect(await token.balanceOf(vault)).to.equal(0n);
  });

  it("asks the oracle on L1 from A", async () => {
    const { vault, accounting, oracle, user } = await deployed();
    await oracle.set(ethers.parseEther("2"));
    await vault.deposit(100n);
    expect(await accounting.shares(user)).to.equal(50n);
  });

  it("tells in its event what A answered", async () => {
    const { vault, oracle, user } = await deployed();
    await oracle.set(ethers.parseEther("4"));
    await expect(vault.deposit(100n)).to.emit(vault, "Deposited").withArgs(user, 100n, 25n);
  });

  it("emits an event on A in the same transaction", async () => {
    const { vault, accounting, user } = await deployed();
    await expect(vault.deposit(100n))
      .to.emit(accounting, "Credited")
      .withArgs(user, 100n, ethers.parseEther("1"));
  });

  it("reads shares on A from L1 by a view", async () => {
    const { vault, user } = await deployed();
    await vault.deposit(70n);
    expect(await vault.sharesOf(user)).to.equal(70n);
  });

  it("knows by a static call what a deposit will give", async () => {
    const { vault, accounting, user } = await deployed();
    expect(await vault.deposit.staticCall(30n)).to.equal(30n);
    expect(await accounting.shares(user)).to.equal(0n);
  });

  it("pays out at the price of L1's oracle", async () => {
    const { vault, token, oracle, user } = await deployed();
    await vault.deposit(100n);
    await oracle.set(ethers.parseEther("0.5"));
    await vault.withdraw(100n);
    expect(await token.balanceOf(user)).to.equal(950n);
  });

  it("refuses on A to burn more than there is, and says so on L1", async () => {
    const { vault, accounting } = await deployed();
    await vault.deposit(10n);
    await expect(vault.withdraw(11n))
      .to.be.revertedWithCustomError(accounting, "TooFewShares")
      .withArgs(10n, 11n);
  });

  it("takes back the credit on A when L1 fails afterwards", async () => {
    const { vault, accounting, token, user } = await deployed();
    await expect(vault.depositAndFail(10n)).to.be.revertedWith("changed my mind");
    expect(await accounting.total()).to.equal(0n);
    expect(await token.balanceOf(user)).to.equal(1_000n);
  });

  it("fails when the oracle does, two chains further", async () => {
    const { vault, oracle } = await deployed();
    await oracle.stop();
    await expect(vault.deposit(10n)).to.be.revertedWithCustomError(oracle, "OracleDown");
  });

  it("gives the tokens back when it catches that", async () => {
    const { vault, oracle, token, user } = await deployed();
    await oracle.stop();
    await vault.tryDeposit(10n);
    expect(await token.balanceOf(user)).to.equal(1_000n);
  });

  it("lets nothing but the vault's proxy write on A", async () => {
    const { accounting, user } = await deployed();
    const given = accounting.credit(user, 1_000n);
    await expect(given).to.be.revertedWithCustomError(accounting, "NotVault").withArgs(user);
    expect(await accounting.shares(user)).to.equal(0n);
  });

  it("refuses a deposit of nothing on L1 alone", async () => {
    const { vault } = await deployed();
    await expect(vault.deposit(0n)).to.be.revertedWithCustomError(vault, "NothingToDeposit");
  });
});
