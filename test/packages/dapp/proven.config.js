import ethers from "@nomicfoundation/hardhat-ethers";
import viem from "@nomicfoundation/hardhat-viem";
import { defineConfig } from "hardhat/config";
import lockstep from "hardhat-lockstep";

export default defineConfig({
  plugins: [ethers, viem, lockstep],
  networks: { lockstep: { type: "lockstep", rollups: { c: "proven-evm" }, proofs: "real" } },
});
