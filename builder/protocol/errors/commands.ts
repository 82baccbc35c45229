import type { ErrorDescriptors } from "./descriptor.ts";

/** A command does not start. */
export const COMMAND_ERRORS = {
  PORT_IN_USE: {
    title: "a port is taken",
    meaning: "Another program listens on a port that is needed. The message names the port.",
    remedy: "Stop that program, or choose other ports with `--port-base`.",
  },
  DEVNET_RUNNING: {
    title: "a devnet runs already",
    meaning: "A devnet that was started with the same `--data` folder still answers.",
    remedy: "Stop it, or give each devnet its own `--data` folder and `--port-base`.",
  },
  NO_DEVNET: {
    title: "no devnet runs",
    meaning: "The `--data` folder describes no devnet, or one that was killed.",
    remedy: "Start one with `npm start`.",
  },
  INVALID_CONFIGURATION: {
    title: "an option is wrong",
    meaning: "Options or environment variables of the command make no sense. The message names them.",
    remedy: "Correct what is named.",
  },
  DEVNET_STATE: {
    title: "a devnet's state cannot be used",
    meaning:
      "The file of `--state` is damaged, of another devnet, of another version, or cannot be written. The message says which. Nothing in it was changed.",
    remedy: "Do what the message says: start the same devnet, free space, or name another file.",
  },
  NOT_REPLAYABLE: {
    title: "a devnet with `--state` cannot keep that",
    meaning:
      "The request to L1's node does something that could not happen again when the devnet is restarted.",
    remedy: "Do what the message says, or start the devnet without `--state`.",
  },
  FORK: {
    title: "a chain cannot be forked",
    meaning:
      "The node of `--fork` does not answer, or has no such block. The message says which. Nothing was begun.",
    remedy: "Check the address and the block. A block that is not recent takes an archive node.",
  },
  WRONG_KIND: {
    title: "the rollup is of another kind",
    meaning: "`--rollup id:kind` is not what L1 has under that number, or its keys are of another version.",
    remedy: "Compare with what `npm run deploy` printed.",
  },
  UNREGISTERED_ROLLUP: {
    title: "no such rollup on L1",
    meaning: "`Rollups` has registered no rollup of this number.",
    remedy: "Check the number and the address given with `--rollups`.",
  },
  UNPROVEN_KIND: {
    title: "a rollup without proof on a public chain",
    meaning: "Rollups of this kind are UNPROVEN: anybody can forge their state. Only local chains have them.",
    remedy: "Use a kind that is proven, or a local chain (chain id 31337 or 1337).",
  },
  CONTRACT_ARTEFACT: {
    title: "a compiled contract is missing",
    meaning: "Hardhat's artifact of a contract is absent, or of another version.",
    remedy: "Run `npx hardhat build`; `npm start` does it by itself.",
  },
  SYSTEM_CODE_MISSING: {
    title: "the system contract is not compiled",
    meaning: "The code of `CrossChainManager`, which every EVM rollup has from genesis on, cannot be read.",
    remedy: "Run `npx hardhat build`; `npm start` does it by itself.",
  },
  PREDEPLOY_CODE: {
    title: "a predeploy has other code than it should",
    meaning: "A package that holds the code of a contract at genesis is missing, or of another version.",
    remedy: "Install the packages again (`npm ci`); `npm start` does it by itself.",
  },
  WRONG_GENESIS: {
    title: "the rollup began with another genesis",
    meaning:
      "The contracts that an EVM rollup has from genesis on are not those that it was registered with, or the system contract is of another version.",
    remedy: "Give the builder the `--predeploys` and the `--genesis` that `npm run deploy` printed.",
  },
  INVALID_GENESIS: {
    title: "a contract cannot stand at genesis",
    meaning:
      "What `--genesis` or `--genesis-contract` names is no contract that a rollup can begin with. The message names the rollup, the address, and what is wrong.",
    remedy: 'Do what the message says; docs/operations.md, "Contracts of your own", has the rules.',
  },
  DEPLOYMENT: {
    title: "a transaction of the set-up failed",
    meaning: "L1 refused or reverted a transaction that deploys, registers or funds something.",
    remedy: "The message says which and why. Check the account's Ether and the L1 node.",
  },
  WRONG_CHAIN_ID: {
    title: "a gateway for another chain id",
    meaning: "A gateway was opened for a chain id that is not the EVM rollup's own.",
    remedy: "Use the chain id that the message names.",
  },
} as const satisfies ErrorDescriptors;
