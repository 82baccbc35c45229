import { readFileSync } from "node:fs";
import path from "node:path";
import { gunzipSync } from "node:zlib";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { z } from "zod";

const FOLDER = path.join(import.meta.dirname, "specification");

function unpacked(name: string): string {
  return gunzipSync(readFileSync(path.join(FOLDER, name))).toString("utf8");
}

const documentSchema = z.looseObject({
  methods: z.array(z.looseObject({ name: z.string(), result: z.looseObject({ schema: z.unknown() }) })),
  components: z.looseObject({ schemas: z.record(z.string(), z.looseObject({})) }),
});

const document = documentSchema.parse(JSON.parse(unpacked("openrpc.json.gz")));

/** Methods of the specification. */
export const METHODS: readonly string[] = document.methods.map(({ name }) => name);

/**
 * Where the specification is not held to, schema by schema.
 *  - `FilterResults`: an empty list is one of hashes and one of logs, which its `oneOf` forbids.
 *  - `ReceiptInfo`: on a rollup, `lockstep` says where on L1 the transaction took effect
 *    (builder/gateway/README.md).
 *  - `TransactionInfo`, `TransactionSigned`: Hardhat's nodes do not say a transaction's `blockTimestamp`,
 *    and the parity
 *    of its signature as `v` only.
 *  - `TransactionSigned`: on a rollup, a call from another chain is shown as a transaction of type 0x7e,
 *    unsigned.
 */
function adapted(origin: Origin): Record<string, unknown> {
  const schemas: Record<string, Record<string, unknown>> = structuredClone(document.components.schemas);
  const { FilterResults, ReceiptInfo, TransactionSigned, TransactionInfo } = schemas;
  if (
    FilterResults === undefined ||
    ReceiptInfo === undefined ||
    TransactionSigned === undefined ||
    TransactionInfo === undefined
  )
    throw new Error("the specification has other schemas now");
  FilterResults.anyOf = FilterResults.oneOf;
  delete FilterResults.oneOf;
  const lockstep = {
    type: "object",
    required: ["l1TransactionHash", "l1BlockNumber", "l1BlockHash"],
    additionalProperties: false,
    properties: {
      l1TransactionHash: { $ref: "#/components/schemas/hash32" },
      l1BlockNumber: { $ref: "#/components/schemas/uint" },
      l1BlockHash: { $ref: "#/components/schemas/hash32" },
    },
  };
  ReceiptInfo.properties = { ...z.looseObject({}).parse(ReceiptInfo.properties), lockstep };
  const system = {
    type: "object",
    required: ["type", "lockstep", "nonce", "gas", "value", "input", "gasPrice"],
    properties: { type: { const: "0x7e" }, lockstep: { required: ["sourceChain", "sourceSender"] } },
  };
  TransactionSigned.oneOf = [...z.array(z.unknown()).parse(TransactionSigned.oneOf), system];
  if (origin === "node") {
    const [context, ...others] = z.array(z.looseObject({})).parse(TransactionInfo.allOf);
    const required = z.array(z.string()).parse(context?.required);
    const named = required.filter((field) => field !== "blockTimestamp");
    TransactionInfo.allOf = [{ ...context, required: named }, ...others];
    for (const name of ["Transaction2930Signed", "Transaction1559Signed", "Transaction7702Signed"]) {
      const [unsigned, signature] = z.array(z.looseObject({})).parse(schemas[name]?.allOf);
      Object.assign(schemas[name] ?? {}, { allOf: [unsigned, { ...signature, required: ["v", "r", "s"] }] });
    }
  }
  return schemas;
}

/** Whose answers are checked: a rollup's, or those that L1's gateway passes on from its node. */
export type Origin = "rollup" | "node";

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addSchema({ $id: "rollup", components: { schemas: adapted("rollup") } });
ajv.addSchema({ $id: "node", components: { schemas: adapted("node") } });
const validators = new Map<string, ValidateFunction>();

/** What of a method's result is not as the specification says; nothing if all is. */
export function faultsOf(method: string, result: unknown, origin: Origin): string | undefined {
  const key = `${origin} ${method}`;
  let validator = validators.get(key);
  if (validator === undefined) {
    const found = document.methods.find(({ name }) => name === method);
    if (found === undefined) throw new Error(`the specification has no method ${method}`);
    const schema = JSON.stringify(found.result.schema).replaceAll('"#/', `"${origin}#/`);
    validator = ajv.compile(z.looseObject({}).parse(JSON.parse(schema)));
    validators.set(key, validator);
  }
  if (validator(result)) return undefined;
  const lines = (validator.errors ?? []).map(
    ({ instancePath, message, params }) => `${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
  );
  return lines.slice(0, 12).join("; ");
}

const requestSchema = z.looseObject({ method: z.string(), params: z.array(z.unknown()).default([]) });
const answerSchema = z.looseObject({
  result: z.unknown().optional(),
  error: z.looseObject({ code: z.number(), message: z.string(), data: z.unknown().optional() }).optional(),
});

export type RecordedAnswer = z.output<typeof answerSchema>;

/** One recorded request with its answer, or several that follow each other. */
export interface RecordedCase {
  readonly name: string;
  readonly exchange: readonly {
    readonly method: string;
    readonly params: readonly unknown[];
    readonly answer: RecordedAnswer;
  }[];
}

const lineSchema = z.object({
  case: z.string(),
  note: z.string(),
  exchange: z.array(z.tuple([z.string(), z.string()])),
});

/** All recorded cases. */
export function recordedCases(): RecordedCase[] {
  const lines = unpacked("cases.ndjson.gz").trim().split("\n");
  return lines.map((line) => {
    const { case: name, exchange } = lineSchema.parse(JSON.parse(line));
    return {
      name,
      exchange: exchange.map(([request, answer]) => ({
        ...requestSchema.parse(JSON.parse(request)),
        answer: answerSchema.parse(JSON.parse(answer)),
      })),
    };
  });
}
