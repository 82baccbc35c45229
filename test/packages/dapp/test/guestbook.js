import { expect } from "chai";
import { network } from "hardhat";

it("a contract on L1 signs a guestbook on A", async () => {
  const { lockstep, ethers } = await network.create("lockstep");
  const { a } = lockstep.rollups;
  const book = await a.ethers.deployContract("Guestbook");
  const visitor = await ethers.deployContract("Visitor");

  // The book's address on L1: its proxy there.
  const bookOnL1 = await lockstep.client.createProxy({ address: book.target, chain: "a", on: "L1" });
  await visitor.visit(bookOnL1); // one transaction of L1
  expect(await visitor.number()).to.equal(1n); // what the book on A returned in it

  // Whom the book has seen: the visitor's address on A.
  const visitorOnA = await lockstep.client.proxyOf({ address: visitor.target, chain: "L1", on: "a" });
  expect(await book.guests(0)).to.equal(visitorOnA);
});
