import { LockstepError } from "../protocol/errors.ts";
import { commandLine } from "../places/places.ts";
import type { ChainId, StateRoot } from "../protocol/ids.ts";

/** A devnet that described itself in the same folder still answers. */
export class DevnetRunningError extends LockstepError {
  constructor(file: string, rpc: string) {
    super(
      "DEVNET_RUNNING",
      `a devnet is already running (${file}, L1 at ${rpc}). Stop it, or give this one a folder of its own: ` +
        commandLine("start", "--port-base 9545 --data <folder>"),
    );
  }
}

/** No devnet runs, or its description cannot be read. */
export class NoDevnetError extends LockstepError {
  constructor(file: string, reason: string, options?: { cause?: unknown }) {
    super("NO_DEVNET", `no devnet: ${file} ${reason}. Start one with: ${commandLine("start")}`, options);
  }
}

/** The contracts are not compiled, or not those of this version. */
export class ContractArtefactError extends LockstepError {
  constructor(contract: string, reason: string, options?: { cause?: unknown }) {
    super("CONTRACT_ARTEFACT", `the compiled contract ${contract} ${reason}`, options);
  }
}

/** A transaction of the set-up failed on L1. */
export class DeploymentError extends LockstepError {
  constructor(what: string, reason: string, options?: { cause?: unknown }) {
    super("DEPLOYMENT", `${what} failed: ${reason}`, options);
  }
}

/** Options of the command line or the environment that make no sense. */
export class InvalidConfigurationError extends LockstepError {
  constructor(problems: readonly string[], options?: { cause?: unknown }) {
    super("INVALID_CONFIGURATION", `the configuration is not valid: ${problems.join("; ")}`, options);
  }
}

/** As L1 writes it. Not by viem: every command loads this file, and few of them need that library. */
function shownRoot(root: StateRoot): string {
  return `0x${root.toString(16).padStart(64, "0")}`;
}

/** What a rollup's state was on L1 when it was registered is not what its kind begins with. */
export class WrongGenesisError extends LockstepError {
  constructor(rollup: ChainId, registered: StateRoot, tried: readonly string[]) {
    super(
      "WRONG_GENESIS",
      `rollup ${rollup} was registered with the genesis root ${shownRoot(registered)}, which is ` +
        `not the one of ${tried.join(" or ")}. Give the builder the --predeploys and --genesis that deploy printed`,
    );
  }
}

/** A rollup was named with a kind that is not its own, or there is no such rollup. */
export class WrongKindError extends LockstepError {
  constructor(rollup: ChainId, kind: string) {
    super(
      "WRONG_KIND",
      `rollup ${rollup} on L1 is not of kind ${kind} with this version's keys, or is not registered at all`,
    );
  }
}
