import path from "node:path";
import { isAddress } from "viem";
import { z } from "zod";
import { shownRollups } from "../../devnet/devnet-rollups.ts";
import { mnemonicFault } from "../../devnet/mnemonic.ts";
import { devnetRollups } from "../../devnet/rollups-option.ts";
import { PREDEPLOY_NAMES } from "../../kinds/evm/genesis/names.ts";
import { isOrigin, redisUrl, rpcUrl } from "../../node/configuration.ts";
import { KIND_NAMES, kindNames } from "../../node/kinds/names.ts";
import { LAST_PORT } from "../../node/port-numbers.ts";

/** Keys under which a posting key would be looked for. */
const SECRETS = /^(lockstep_?)?(posting|private)?_?key$/i;

/** An object with no keys but these; what else it has is refused, with those that there are. */
function section<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== "unrecognized_keys") return "is not an object { … }";
      const { keys } = issue;
      const unknown = keys.map((key) => `"${key}"`).join(", ");
      if (keys.some((key) => SECRETS.test(key)))
        return `${unknown}: secrets are in no file; the posting account's key is read from LOCKSTEP_KEY`;
      return `${unknown}: there is no such key; those here are ${Object.keys(shape).join(", ")}`;
    },
  });
}

/** A whole number; the command line has it as text. */
function wholeNumber(least: number, most: number) {
  const error = `is not a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, error).max(most, error).transform(String);
}

function seconds(least: number, most: number) {
  const error = `is not a number of seconds from ${least} to ${most}, with 3 decimals at most`;
  return z
    .number({ error })
    .min(least, error)
    .max(most, error)
    .refine((given) => Number(given.toFixed(3)) === given, error)
    .transform(String);
}

function text(form: string) {
  return z.string({ error: `is not ${form}` }).min(1, `is not ${form}`);
}

function oneOf<const Names extends readonly string[]>(names: Names, what: string) {
  return z.enum(names, { error: `is no ${what}; they are ${names.join(", ")}` });
}

const kind = z.enum(KIND_NAMES, { error: `is no kind of rollup; kinds are ${kindNames()}` });

const address = z
  .string({ error: "is not an address, 0x and 40 hexadecimal digits" })
  .refine((given) => isAddress(given), "is not an address, 0x and 40 hexadecimal digits");

const url = z
  .string({ error: "is not a URL, as http://127.0.0.1:8545 is" })
  .refine((given) => rpcUrl.safeParse(given).success, "is not a URL, as http://127.0.0.1:8545 is");

const rollupNumber = z.int({ error: "is not a rollup's number, 1 or more" }).min(1, "rollups count from 1");

/**
 * What a configuration file may hold, as what commands take from the command line.
 * @param folder paths are from there.
 */
export function configurationSchema(folder: string) {
  const file = (form: string) => text(form).transform((given) => path.resolve(folder, given));
  const predeploys = z
    .union([z.enum(["all", "none"]), z.array(oneOf(PREDEPLOY_NAMES, "predeploy"))], {
      error: `is neither "all", "none", nor a list of ${PREDEPLOY_NAMES.join(", ")}`,
    })
    .transform((given) => (typeof given === "string" ? given : given.join(",") || "none"));
  const genesis = z
    .record(z.string(), file("a file's path"), { error: "is not an object of a file for each rollup" })
    .transform((files) => Object.entries(files).map(([rollup, name]) => `${rollup}=${name}`));
  const genesisContract = z.array(
    section({
      rollup: text("a rollup's name or number"),
      address,
      contract: text("an artifact's path, or code, 0x…"),
    }).transform(({ rollup, address: at, contract }) => {
      const source = contract.startsWith("0x") ? contract : path.resolve(folder, contract);
      return `${rollup}=${at}:${source}`;
    }),
    { error: "is not a list of { rollup, address, contract }" },
  );
  const origins = z.array(
    z
      .string({ error: "is not an origin, as https://app.example is one" })
      .refine((given) => given === "*" || isOrigin(given), "is not an origin, as https://app.example is one"),
    { error: "is not a list of origins" },
  );
  const redis = z
    .string({ error: "is not a redis:// URL" })
    .refine((given) => redisUrl.safeParse(given).success, "is not a redis:// URL");
  /** What several commands take. */
  const common = {
    portBase: z
      .int({ error: `is not a port, 0 to ${LAST_PORT}` })
      .min(0, `is not a port, 0 to ${LAST_PORT}`)
      .max(LAST_PORT, `is not a port, 0 to ${LAST_PORT}`)
      .optional(),
    data: file("a folder's path").optional(),
    keys: file("a folder's path").optional(),
    prover: text("a prover's name or a program's path").optional(),
    redis: redis.optional(),
    predeploys: predeploys.optional(),
    genesis: genesis.optional(),
    genesisContract: genesisContract.optional(),
    allowOrigin: origins.optional(),
    callTimeout: seconds(0, 99_999).optional(),
    freeTransactions: wholeNumber(0, 99_999).optional(),
    transactionLifetime: wholeNumber(0, 99_999_999).optional(),
  };
  const port = common.portBase;
  const rpc = url.optional();
  const proofs = oneOf(["real", "none"], "mode of proofs").optional();
  const page = {
    page: z.boolean({ error: "is neither true nor false" }).optional(),
    pagePort: wholeNumber(0, LAST_PORT).optional(),
  };
  const start = section({
    ...common,
    ...page,
    rollups: devnetRollups.transform(shownRollups).optional(),
    accounts: wholeNumber(1, 100).optional(),
    mnemonic: text("a mnemonic")
      .superRefine((given, context) => {
        const fault = mnemonicFault(given);
        if (fault !== undefined) context.addIssue(fault);
      })
      .optional(),
    blockTime: seconds(0.1, 9_999).optional(),
    proofs,
    fork: section({ url, block: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional() }).optional(),
    state: file("a file's path").optional(),
    play: z.boolean({ error: "is neither true nor false" }).optional(),
  }).transform(({ fork, ...rest }) => ({ ...rest, fork: fork?.url, block: fork?.block }));
  const deploy = section({
    rpc,
    proofs,
    kinds: z
      .array(kind, { error: `is not a list of kinds: ${kindNames()}` })
      .transform((kinds) => kinds.join(","))
      .optional(),
    predeploys: common.predeploys,
    genesis: common.genesis,
    genesisContract: common.genesisContract,
    data: common.data,
    keys: common.keys,
  });
  const builder = section({
    ...common,
    ...page,
    rpc,
    proofs,
    rollups: address.optional(),
    rollup: z
      .array(
        section({ id: rollupNumber, kind }).transform(({ id, kind: name }) => `${id}:${name}`),
        { error: "is not a list of { id, kind }" },
      )
      .optional(),
    deploymentBlock: wholeNumber(0, Number.MAX_SAFE_INTEGER).optional(),
  });
  return section({
    $schema: z.string().optional(),
    ...common,
    start: start.optional(),
    deploy: deploy.optional(),
    builder: builder.optional(),
    proverWorker: section({
      redis: common.redis,
      prover: common.prover,
      threads: wholeNumber(1, 1_024).optional(),
      keys: common.keys,
    }).optional(),
    provers: section({ prover: common.prover }).optional(),
    status: section({ data: common.data }).optional(),
    trace: section({
      rpc,
      data: common.data,
      abi: z
        .array(file("a file's or folder's path"), { error: "is not a list of files and folders" })
        .optional(),
      json: z.boolean({ error: "is neither true nor false" }).optional(),
    }).optional(),
    node: section({ port }).optional(),
  });
}

/** The content of a configuration file. */
export type LockstepConfig = z.input<ReturnType<typeof configurationSchema>>;
/** The same, as commands take it. */
export type CommandValues = z.output<ReturnType<typeof configurationSchema>>;
