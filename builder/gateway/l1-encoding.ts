import { concatHex, type Hex, keccak256, numberToHex, toRlp } from "viem";
import { z } from "zod";
import { addressSchema, bytesSchema, hashSchema, quantitySchema } from "./json-rpc.ts";
import { quantityItem, type RlpItem } from "./raw-encoding.ts";

const item = quantitySchema.transform(quantityItem);
const addressOrNone = addressSchema.nullish().transform((address): Hex => address ?? "0x");

/** A transaction as nodes show it, its fields as RLP has them. */
const fieldsSchema = z.looseObject({
  hash: hashSchema,
  type: quantitySchema.default(0n),
  chainId: item.nullish(),
  nonce: item,
  gas: item,
  gasPrice: item.nullish(),
  maxFeePerGas: item.nullish(),
  maxPriorityFeePerGas: item.nullish(),
  maxFeePerBlobGas: item.nullish(),
  to: addressOrNone,
  value: item,
  input: bytesSchema,
  accessList: z
    .array(z.object({ address: addressSchema, storageKeys: z.array(bytesSchema) }))
    .nullish()
    .transform((list) => (list ?? []).map(({ address, storageKeys }) => [address, storageKeys])),
  blobVersionedHashes: z.array(bytesSchema).nullish(),
  authorizationList: z
    .array(
      z
        .looseObject({ chainId: item, address: addressSchema, nonce: item, yParity: item, r: item, s: item })
        .transform(({ chainId, address, nonce, yParity, r, s }) => [chainId, address, nonce, yParity, r, s]),
    )
    .nullish(),
  v: item.nullish(),
  yParity: item.nullish(),
  r: item,
  s: item,
});
type Fields = z.output<typeof fieldsSchema>;

/**
 * The bytes of a transaction that a node shows.
 * @returns nothing if they do not have its hash: its sender signed nothing, but was impersonated.
 */
export function encodeTransaction(shown: unknown): Hex | undefined {
  const parsed = fieldsSchema.safeParse(shown);
  if (!parsed.success) return undefined;
  const items = itemsOf(parsed.data);
  if (!items.every((each): each is RlpItem => each !== undefined && each !== null)) return undefined;
  const { type, hash } = parsed.data;
  const encoded = toRlp(items);
  const raw = type === 0n ? encoded : concatHex([numberToHex(type, { size: 1 }), encoded]);
  return keccak256(raw) === hash ? raw : undefined;
}

function itemsOf(fields: Fields): readonly (RlpItem | undefined | null)[] {
  const { chainId, nonce, gas, to, value, input, accessList, v, r, s } = fields;
  const yParity = fields.yParity ?? v;
  const { gasPrice, maxPriorityFeePerGas, maxFeePerGas, maxFeePerBlobGas } = fields;
  const dynamic = [chainId, nonce, maxPriorityFeePerGas, maxFeePerGas, gas, to, value, input, accessList];
  switch (fields.type) {
    case 0n:
      return [nonce, gasPrice, gas, to, value, input, v, r, s];
    case 1n:
      return [chainId, nonce, gasPrice, gas, to, value, input, accessList, yParity, r, s];
    case 2n:
      return [...dynamic, yParity, r, s];
    case 3n:
      return [...dynamic, maxFeePerBlobGas, fields.blobVersionedHashes, yParity, r, s];
    case 4n:
      return [...dynamic, fields.authorizationList, yParity, r, s];
    default:
      return [undefined];
  }
}

const [BYTES, NUMBER] = [bytesSchema, item];
/** A header's fields in their order; those at the end came with forks. */
const HEADER: readonly (readonly [field: string, schema: z.ZodType<Hex>])[] = [
  ["parentHash", BYTES],
  ["sha3Uncles", BYTES],
  ["miner", BYTES],
  ["stateRoot", BYTES],
  ["transactionsRoot", BYTES],
  ["receiptsRoot", BYTES],
  ["logsBloom", BYTES],
  ["difficulty", NUMBER],
  ["number", NUMBER],
  ["gasLimit", NUMBER],
  ["gasUsed", NUMBER],
  ["timestamp", NUMBER],
  ["extraData", BYTES],
  ["mixHash", BYTES],
  ["nonce", BYTES],
  ["baseFeePerGas", NUMBER],
  ["withdrawalsRoot", BYTES],
  ["blobGasUsed", NUMBER],
  ["excessBlobGas", NUMBER],
  ["parentBeaconBlockRoot", BYTES],
  ["requestsHash", BYTES],
];

/**
 * The header's fields of a block that a node shows.
 * @returns nothing if they do not have its hash: the node shows not all of them.
 */
export function headerItems(block: Readonly<Record<string, unknown>>): Hex[] | undefined {
  const items: Hex[] = [];
  for (const [field, schema] of HEADER) {
    const value = block[field];
    if (value === undefined || value === null) continue;
    const parsed = schema.safeParse(value);
    if (!parsed.success) return undefined;
    items.push(parsed.data);
  }
  return keccak256(toRlp(items)) === block.hash ? items : undefined;
}
