/** What a rollup executes. */
export type RollupKind = "evm" | "proven-evm" | "ledger";

/** A network of the type `lockstep`: L1 and rollups that one transaction can go through. */
export interface LockstepOptions {
  /** The rollups by their names, in the order of their numbers, which count from 1. */
  readonly rollups: Readonly<Record<string, RollupKind>>;
  /**
   * `none`: nothing is proven, for fast tests. `real`, the default: rollups have the proofs that their kinds
   * have, and the first start makes circuits and keys, which takes minutes.
   */
  readonly proofs?: "none" | "real";
  /** How many accounts have Ether on all chains; by default 10. */
  readonly accounts?: number;
  /** Whose they are; by default those of Hardhat. */
  readonly mnemonic?: string;
  /** More of what `lockstep start` takes, for example `["--genesis", "a=genesis.json"]`. */
  readonly options?: readonly string[];
  /** The file of the commands; by default that of the package `lockstep` that the project has installed. */
  readonly program?: string;
}

/** What Hardhat knows: a network of the type `http`. Its address is found when it is used. */
export interface LockstepNetworkUserConfig {
  readonly type: "http";
  readonly url: string;
  readonly lockstep: LockstepOptions;
}

/** Stands where no address is known yet. */
export const NO_ADDRESS = "http://lockstep.invalid";

/**
 * A network of the type `lockstep`, for `networks` in `hardhat.config.ts`.
 * @example
 * ```ts
 * networks: { lockstep: lockstepNetwork({ rollups: { a: "evm", b: "evm" }, proofs: "none" }) }
 * ```
 */
export function lockstepNetwork(options: LockstepOptions): LockstepNetworkUserConfig {
  return { type: "http", url: NO_ADDRESS, lockstep: options };
}

const KEYS = new Set(["type", "url", "rollups", "proofs", "accounts", "mnemonic", "options", "program"]);
const KINDS = new Set(["evm", "proven-evm", "ledger"]);

/** What is wrong with options, each with the path to it: Hardhat's configuration is JavaScript in the end. */
export function faultsOf(given: object): { path: string[]; message: string }[] {
  const faults: { path: string[]; message: string }[] = [];
  const check = (path: string[], isRight: boolean, message: string): void => {
    if (!isRight) faults.push({ path, message });
  };
  const { rollups, proofs, accounts, mnemonic, options, program } = { ...NOTHING, ...given };
  for (const key of Object.keys(given)) check([key], KEYS.has(key), "There is no such option");
  const named = typeof rollups === "object" && rollups !== null ? Object.entries(rollups) : [];
  check(["rollups"], named.length > 0, 'Expected rollups by their names, as in { a: "evm" }');
  for (const [name, kind] of named)
    check(["rollups", name], KINDS.has(String(kind)), `Expected one of ${[...KINDS].join(", ")}`);
  const isText = (value: unknown): boolean => value === undefined || typeof value === "string";
  check(
    ["proofs"],
    proofs === undefined || proofs === "none" || proofs === "real",
    'Expected "none" or "real"',
  );
  check(["accounts"], accounts === undefined || Number.isInteger(accounts), "Expected a number of accounts");
  check(["mnemonic"], isText(mnemonic), "Expected a mnemonic");
  check(["options"], options === undefined || Array.isArray(options), "Expected options of `lockstep start`");
  check(["program"], isText(program), "Expected a path");
  return faults;
}

const NOTHING: Readonly<Record<keyof LockstepOptions, unknown>> = {
  rollups: undefined,
  proofs: undefined,
  accounts: undefined,
  mnemonic: undefined,
  options: undefined,
  program: undefined,
};
