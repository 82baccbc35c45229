import { type Hex, zeroAddress } from "viem";
import { z } from "zod";
import { MAX_TRANSACTION_GAS } from "../batch/limits.ts";
import type { AccountOverride, BlockOverride } from "../evm/call-request.ts";
import type { CallRequest } from "../simulate/outcome.ts";
import { addressSchema, bytesSchema, quantitySchema } from "./json-rpc.ts";

/** Methods of Ethereum's that take a call or transaction first. */
export const CALLS_FIRST: ReadonlySet<string> = new Set([
  "eth_call",
  "eth_createAccessList",
  "eth_estimateGas",
  "eth_fillTransaction",
  "eth_sendTransaction",
  "eth_signTransaction",
]);

const nonceSchema = quantitySchema.refine((nonce) => nonce < 1n << 64n, "a nonce that no account will reach");

const authorizationSchema = z.object({
  chainId: quantitySchema,
  address: addressSchema,
  nonce: nonceSchema,
  yParity: quantitySchema,
  r: quantitySchema,
  s: quantitySchema,
});

/** Not given, or given as null, which is the same. */
function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.nullish().transform((value) => value ?? undefined);
}

const wordSchema = z
  .string()
  .regex(/^0x[0-9a-fA-F]{1,64}$/, "not 32 bytes")
  .transform((text): Hex => `0x${text.slice(2).toLowerCase().padStart(64, "0")}`);

/**
 * A call as `eth_call`, `eth_estimateGas` and `eth_sendTransaction` take it. Unknown fields are for the
 * node alone.
 */
export const callSchema = z
  .looseObject({
    from: optional(addressSchema),
    to: optional(addressSchema),
    gas: optional(quantitySchema),
    gasPrice: optional(quantitySchema),
    maxFeePerGas: optional(quantitySchema),
    maxPriorityFeePerGas: optional(quantitySchema),
    value: optional(quantitySchema),
    nonce: optional(nonceSchema),
    chainId: optional(quantitySchema),
    type: optional(quantitySchema),
    data: optional(bytesSchema),
    input: optional(bytesSchema),
    authorizationList: optional(z.array(authorizationSchema)),
    accessList: optional(z.array(z.object({ address: addressSchema, storageKeys: z.array(wordSchema) }))),
  })
  .refine(
    ({ data, input }) =>
      data === undefined || input === undefined || data.toLowerCase() === input.toLowerCase(),
    `"data" and "input" are both given and differ`,
  )
  .refine(
    ({ gasPrice, maxFeePerGas, maxPriorityFeePerGas }) =>
      gasPrice === undefined || (maxFeePerGas === undefined && maxPriorityFeePerGas === undefined),
    `"gasPrice" is given together with "maxFeePerGas" or "maxPriorityFeePerGas"`,
  );

export type CallParameters = z.output<typeof callSchema>;

const storageSchema = z.record(wordSchema, wordSchema);
const accountSchema = z
  .strictObject({
    balance: optional(quantitySchema),
    nonce: optional(quantitySchema),
    code: optional(bytesSchema),
    state: optional(storageSchema),
    stateDiff: optional(storageSchema),
    movePrecompileToAddress: optional(addressSchema),
  })
  .refine(
    ({ state, stateDiff }) => state === undefined || stateDiff === undefined,
    `"state" and "stateDiff" are both given`,
  );
const accountOverrideSchema = accountSchema.refine(
  ({ movePrecompileToAddress }) => movePrecompileToAddress === undefined,
  "precompiles are moved in eth_simulateV1 only",
);

/** Accounts that a call takes for something else, by address. */
export const stateOverridesSchema = z.record(addressSchema, accountOverrideSchema).transform((accounts) =>
  Object.entries(accounts).map(([address, { movePrecompileToAddress: _, ...fields }]): AccountOverride => ({
    address: `0x${address.slice(2)}`,
    ...defined(fields),
  })),
);

/** The same, and precompiled contracts that are moved. */
export const simulatedOverridesSchema = z.record(addressSchema, accountSchema).transform((accounts) =>
  Object.entries(accounts).map(([address, { movePrecompileToAddress, ...fields }]) => {
    const account: AccountOverride = { address: `0x${address.slice(2)}`, ...defined(fields) };
    return { account, moveTo: movePrecompileToAddress };
  }),
);

/** What a call takes the block for. */
export const blockOverridesSchema = z
  .object({
    number: optional(quantitySchema),
    time: optional(quantitySchema),
    gasLimit: optional(quantitySchema),
    feeRecipient: optional(addressSchema),
    prevRandao: optional(wordSchema),
    baseFeePerGas: optional(quantitySchema),
    blobBaseFee: optional(quantitySchema),
  })
  .transform(({ time, feeRecipient, ...rest }): BlockOverride =>
    defined({ ...rest, timestamp: time, coinbase: feeRecipient }),
  );

/** What an `eth_call` may take otherwise than it is. */
export const overrideParams = [optional(stateOverridesSchema), optional(blockOverridesSchema)] as const;

type Defined<Fields> = { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> };

function defined<Fields extends object>(fields: Fields): Defined<Fields>;
function defined(fields: object): object {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** What a call is played with besides its own fields. */
export type CallSurroundings = Pick<CallRequest, "overrides" | "block">;

/** The call as it is simulated. */
export function callRequest(call: CallParameters, surroundings: CallSurroundings = {}): CallRequest {
  const gas = call.gas ?? MAX_TRANSACTION_GAS;
  return {
    from: call.from ?? zeroAddress,
    ...(call.to === undefined ? {} : { to: call.to }),
    value: call.value ?? 0n,
    data: call.input ?? call.data ?? "0x",
    gas: gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS,
    gasPrice: call.gasPrice ?? 0n,
    ...(call.authorizationList === undefined ? {} : { authorizations: call.authorizationList }),
    ...surroundings,
  };
}

/** Gas of an address and of a slot in an access list (EIP-2930). */
const ACCESS_LIST_ADDRESS_GAS = 2_400n;
const ACCESS_LIST_SLOT_GAS = 1_900n;

/** What a transaction pays for its access list; calls are simulated without. */
export function accessListGas({ accessList = [] }: Pick<CallParameters, "accessList">): bigint {
  const slots = accessList.reduce((sum, { storageKeys }) => sum + storageKeys.length, 0);
  return ACCESS_LIST_ADDRESS_GAS * BigInt(accessList.length) + ACCESS_LIST_SLOT_GAS * BigInt(slots);
}
