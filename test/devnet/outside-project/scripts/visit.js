import { network } from "hardhat";

const l1 = await network.create("l1");
const a = await network.create("a");

const book = await l1.ethers.deployContract("Guestbook");
const visitor = await a.ethers.deployContract("Visitor");

// The book's address on A: its proxy there, made by A's system contract. 0 is L1.
const [user] = await a.ethers.getSigners();
const system = new a.ethers.Contract(
  "0x0000000000000000000000004c6f636b73746570",
  [
    "function createProxy(address original, uint64 chain) returns (address)",
    "function proxyOf(address original, uint64 chain) view returns (address)",
  ],
  user,
);
await (await system.createProxy(book, 0)).wait();
const bookOnA = await system.proxyOf(book, 0);

// A transaction of A that writes on L1 and gets L1's answer, in one.
await (await visitor.visit(bookOnA)).wait();
console.log(`the visitor on A has number ${await visitor.number()}`);
console.log(`the book on L1 has guest ${await book.guests(0)}`);
