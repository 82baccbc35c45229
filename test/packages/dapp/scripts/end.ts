/** Says where a devnet is, and ends: in order, or all of a sudden. */
import { network } from "hardhat";

const connection = await network.create("lockstep");
console.log(connection.lockstep.devnet.l1.gateway);
if (process.env.ENDS === "suddenly") process.kill(process.pid, "SIGKILL");
await connection.close();
