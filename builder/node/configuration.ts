import { isHex } from "viem";
import { z } from "zod";
import { PREDEPLOY_NAMES, type PredeployName } from "../kinds/evm/genesis/names.ts";
import { InvalidConfigurationError } from "./errors.ts";

/** JSON-RPC endpoint. */
export const rpcUrl = z.url({
  protocol: /^https?$/,
  error: ({ input }) =>
    input === undefined
      ? "is missing: give it as --rpc, or as rpc in a configuration file"
      : "is not a URL, as http://127.0.0.1:8545 is",
});

/** A Redis or Valkey, as `redis://[user:password@]host[:port][/db]`, or `rediss://` over TLS. */
export const redisUrl = z.url({ protocol: /^rediss?$/, error: "is missing, or not a redis:// URL" });

/** Seconds for which calls may run; 0: any time. In milliseconds. */
export const callTimeout = z
  .string()
  .regex(/^\d{1,5}(\.\d{1,3})?$/, "is not a number of seconds")
  .transform((text) => Number(text) * 1_000)
  .optional();

/** Seconds for which a transaction may wait that no block takes. In milliseconds. */
export const transactionLifetime = z
  .string()
  .regex(/^\d{1,8}$/, "is not a number of seconds")
  .transform((text) => Number(text) * 1_000)
  .optional();

/** Seconds between two blocks of a devnet's L1. */
export const blockTime = z
  .string()
  .regex(/^\d{1,4}(\.\d{1,3})?$/, "is not a number of seconds")
  .transform(Number)
  .refine((seconds) => seconds >= 0.1, "is too short: 0.1 seconds at least")
  .optional();

/** Port of the page; 0: any that is free. */
export const pagePort = z
  .string()
  .regex(/^\d{1,5}$/, "is not a port")
  .transform(Number)
  .refine((port) => port <= 65_535, "is not a port: 65535 is the greatest")
  .optional();

/** A block's number. */
export const blockNumber = z
  .string()
  .regex(/^\d{1,18}$/, "is not a block's number")
  .transform(BigInt)
  .optional();

/** How many free transactions may wait. */
export const freeTransactions = z
  .string()
  .regex(/^\d{1,5}$/, "is not a number of transactions")
  .transform(Number)
  .optional();

/** Origins of web pages: a scheme and a host, and no path; `*` for every page. */
export const origins = z
  .array(
    z
      .string()
      .refine((text) => text === "*" || isOrigin(text), "is not an origin, as https://app.example is one"),
  )
  .default([]);

/** A scheme and a host, and no path. */
export function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text;
}

/** The private key that LOCKSTEP_KEY holds. */
export const privateKey = z.custom<`0x${string}`>(
  (value) => isHex(value) && value.length === 66,
  "LOCKSTEP_KEY is not a private key of 32 bytes, 0x…",
);

/** Whether anything is proven. */
export const proofs = z.enum(["real", "none"], "is real, or none").default("real");

/** Contracts that EVM rollups have from genesis on. */
export const predeploys = z
  .string()
  .transform((text) =>
    text === "all" ? [...PREDEPLOY_NAMES] : text === "none" ? [] : text.split(",").map((name) => name.trim()),
  )
  .pipe(z.array(z.enum(PREDEPLOY_NAMES, `they are ${PREDEPLOY_NAMES.join(", ")}, or all, or none`)));

/** Files with contracts that one rollup has from genesis on, `<rollup>=<file>`. */
export const genesisFiles = z
  .array(
    z
      .string()
      .regex(/^[^=]+=.+$/, "is not a rollup and a file, as 4=genesis.json is")
      .transform((text) => {
        const [rollup, file] = halves(text, "=");
        return { rollup, file };
      }),
  )
  .default([]);

/** The same, one by one: `<rollup>=<address>:<artifact or code>`. */
export const genesisContracts = z
  .array(
    z
      .string()
      .regex(
        /^[^=]+=[^:]+:.+$/,
        "is not a rollup, an address and a contract, as 4=0x…:artifacts/contracts/X.sol/X.json is",
      )
      .transform((text) => {
        const [rollup, contract] = halves(text, "=");
        const [address, source] = halves(contract, ":");
        return { rollup, address, source };
      }),
  )
  .default([]);

/** What stands in front of the first separator, and what behind it. */
function halves(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return [text.slice(0, at), text.slice(at + separator.length)];
}

/** As the command line takes them. */
export function shownPredeploys(names: readonly PredeployName[]): string {
  if (names.length === 0) return "none";
  return PREDEPLOY_NAMES.every((name) => names.includes(name)) ? "all" : names.join(",");
}

/** Folder of ceremony keys, in place of development keys. */
export const keysFolder = z.string().min(1).optional();

/** @throws {InvalidConfigurationError} naming each option that is wrong; never shows a value. */
export function parseConfiguration<Schema extends z.ZodType>(
  schema: Schema,
  given: unknown,
): z.infer<Schema> {
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new InvalidConfigurationError(
    parsed.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`),
  );
}
