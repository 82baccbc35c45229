import toolbox from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";
import lockstep, { lockstepNetwork } from "hardhat-lockstep";

// From npm; with a network of its own, Hardhat fetches the compiler by its version alone.
const solc = `${import.meta.dirname}/node_modules/solc/soljson.js`;

export default defineConfig({
  plugins: [toolbox, lockstep],
  solidity: { compilers: [{ version: "0.8.30", path: solc }] },
  networks: {
    lockstep: lockstepNetwork({ rollups: { a: "evm", b: "evm", ledger: "ledger" }, proofs: "none" }),
  },
});
