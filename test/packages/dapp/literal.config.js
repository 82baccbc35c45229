import { defineConfig } from "hardhat/config";
import lockstep from "hardhat-lockstep";

export default defineConfig({
  plugins: [lockstep],
  networks: { lockstep: { type: "lockstep", rollups: { a: "evm" }, proofs: "none" } },
});
