/** A contract on L1 calls one on a rollup where each visit is proven. */
import { network } from "hardhat";
import callers from "lockstep/artifacts/contracts/examples/CounterCaller.sol/CounterCaller.json" with { type: "json" };
import counters from "lockstep/artifacts/contracts/examples/Counter.sol/Counter.json" with { type: "json" };

/** It stands on every rollup of the kind. */
const COUNTER = "0x00000000000000000000000000636f756e746572";

const { lockstep, ethers, close } = await network.create("lockstep");
const counter = await lockstep.client.createProxy({ address: COUNTER, chain: "c", on: "L1" });
const [user] = await ethers.getSigners();
const factory = new ethers.ContractFactory(callers.abi, callers.bytecode, user);
const caller = await factory.deploy(counter);
const { hash } = await caller.bump();
const { visits } = await lockstep.client.getSettlement({ hash });
console.log(`proven: ${visits.map(({ proven }) => proven).join()}`);
const client = await lockstep.rollups.c.viem.getPublicClient();
const count = await client.readContract({ address: COUNTER, abi: counters.abi, functionName: "count" });
console.log(`L1 was told ${await caller.lastResult()}, C has ${count}`);
await close();
