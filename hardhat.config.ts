import path from "node:path";
import { fileURLToPath } from "node:url";
import hardhatToolboxMochaEthers from "@nomicfoundation/hardhat-toolbox-mocha-ethers";
import { defineConfig } from "hardhat/config";

const root = path.dirname(fileURLToPath(import.meta.url));

/** From npm, so a machine that reaches only the registry can build. */
const compiler = path.join(root, "node_modules/solc/soljson.js");

/**
 * Code without the hash of its sources and of what was compiled beside them: the address of a proxy follows
 * from its code, and the genesis of an EVM rollup from that of its system contract. So they depend on what
 * contracts do, and not on which of them had to be compiled again.
 */
const metadata = { bytecodeHash: "none" } as const;

/** fifo order keeps postBatch in front of the call it serves, whatever fees the two pay. */
const localL1 = {
  type: "edr-simulated",
  chainType: "l1",
  chainId: 31337,
  mining: { auto: true, mempool: { order: "fifo" } },
} as const;

// LOCKSTEP_SOLIDITY_SEED=0x5 LOCKSTEP_SOLIDITY_RUNS=300 npx hardhat test solidity
const fuzzSeed = process.env.LOCKSTEP_SOLIDITY_SEED ?? "0x10c557e9";
const fuzzRuns = wholeNumber(process.env.LOCKSTEP_SOLIDITY_RUNS);

/**
 * The same seed draws the same inputs, on every machine. By default the fuzzer also draws from what it has
 * seen in storage and code, in an order that differs from one process to the next.
 */
const nothingButSeed = { dictionaryWeight: 0, includeStorage: false, includePushBytes: false } as const;

function wholeNumber(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Number(text);
}

export default defineConfig({
  plugins: [hardhatToolboxMochaEthers],
  solidity: {
    compilers: [
      {
        version: "0.8.30",
        path: compiler,
        // More runs would take Rollups over the greatest code size (EIP-170).
        settings: { optimizer: { enabled: true, runs: 200 }, viaIR: true, evmVersion: "prague", metadata },
      },
    ],
    overrides: {
      // Each batch pays for it, and there is room.
      "contracts/proofs/bus/BusProofSystem.sol": {
        version: "0.8.30",
        path: compiler,
        settings: {
          optimizer: { enabled: true, runs: 1_000_000 },
          viaIR: true,
          evmVersion: "prague",
          metadata,
        },
      },
      // Never deployed anywhere, and ten times as long to compile like the others.
      "contracts/test/invariants/Invariants.t.sol": {
        version: "0.8.30",
        path: compiler,
        settings: { evmVersion: "prague" },
      },
    },
  },
  paths: { tests: { mocha: "test", solidity: "contracts/test" } },
  test: {
    solidity: {
      fuzz: { ...nothingButSeed, seed: fuzzSeed, runs: fuzzRuns ?? 48 },
      invariant: { ...nothingButSeed, runs: fuzzRuns ?? 10, depth: 40, failOnRevert: true },
    },
  },
  networks: {
    // The L1 of tests and devnets, and that of `npm run node`.
    default: localL1,
    node: localL1,
  },
});
