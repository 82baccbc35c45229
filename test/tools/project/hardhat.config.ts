import path from "node:path";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import hardhatViem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";

const solc = path.join(import.meta.dirname, "node_modules/solc/soljson.js");

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers, hardhatViem],
  solidity: { compilers: [{ version: "0.8.30", path: solc }] },
  ignition: { strategyConfig: { create2: { salt: `0x${"07".repeat(32)}` } } },
  networks: {
    l1: { type: "http", url: "http://127.0.0.1:8546" },
    a: { type: "http", url: "http://127.0.0.1:8548" },
  },
});
