import { defineConfig } from "@wagmi/cli";
import { hardhat } from "@wagmi/cli/plugins";

/**
 * `npm run abi`: writes builder/protocol/abi.ts from what Hardhat compiled. The file is committed, so that
 * the builder needs no compiled contracts; a test holds it to what the compiler says.
 */
export default defineConfig({
  out: "builder/protocol/abi.ts",
  plugins: [
    hardhat({
      project: ".",
      // `npm run abi` has compiled them.
      commands: { build: false },
      include: [
        "Rollups.json",
        "CrossChainProxy.json",
        "CrossChainManager.json",
        "UnprovenProofSystem.json",
        "Groth16ProofSystem.json",
        "BusProofSystem.json",
      ],
    }),
  ],
});
