import { zeroAddress } from "viem";
import { z } from "zod";
import { MAX_TRANSACTION_GAS } from "../batch/limits.ts";
import type { CallRequest } from "../simulate/outcome.ts";
import { addressSchema, bytesSchema, quantitySchema } from "./json-rpc.ts";

const nonceSchema = quantitySchema.refine(
  (nonce) => nonce <= BigInt(Number.MAX_SAFE_INTEGER),
  "a nonce that no account will reach",
);

const authorizationSchema = z.object({
  chainId: quantitySchema,
  address: addressSchema,
  nonce: nonceSchema,
  yParity: quantitySchema,
  r: quantitySchema,
  s: quantitySchema,
});

/**
 * A call as `eth_call`, `eth_estimateGas` and `eth_sendTransaction` take it. Unknown fields are for the node
 * alone.
 */
export const callSchema = z.looseObject({
  from: addressSchema.optional(),
  to: addressSchema.nullish(),
  gas: quantitySchema.optional(),
  gasPrice: quantitySchema.optional(),
  maxFeePerGas: quantitySchema.optional(),
  maxPriorityFeePerGas: quantitySchema.optional(),
  value: quantitySchema.optional(),
  nonce: nonceSchema.optional(),
  data: bytesSchema.optional(),
  input: bytesSchema.optional(),
  authorizationList: z.array(authorizationSchema).optional(),
  accessList: z.array(z.object({ address: addressSchema, storageKeys: z.array(bytesSchema) })).optional(),
});

export type CallParameters = z.output<typeof callSchema>;

/** The call as it is simulated. */
export function callRequest(call: CallParameters): CallRequest {
  const gas = call.gas ?? MAX_TRANSACTION_GAS;
  return {
    from: call.from ?? zeroAddress,
    ...(call.to === undefined || call.to === null ? {} : { to: call.to }),
    value: call.value ?? 0n,
    data: call.input ?? call.data ?? "0x",
    gas: gas < MAX_TRANSACTION_GAS ? gas : MAX_TRANSACTION_GAS,
    gasPrice: call.gasPrice ?? 0n,
    ...(call.authorizationList === undefined ? {} : { authorizations: call.authorizationList }),
  };
}

/** Gas of an address and of a slot in an access list (EIP-2930). */
const ACCESS_LIST_ADDRESS_GAS = 2_400n;
const ACCESS_LIST_SLOT_GAS = 1_900n;

/** What a transaction pays for its access list; calls are simulated without. */
export function accessListGas({ accessList = [] }: CallParameters): bigint {
  const slots = accessList.reduce((sum, { storageKeys }) => sum + storageKeys.length, 0);
  return ACCESS_LIST_ADDRESS_GAS * BigInt(accessList.length) + ACCESS_LIST_SLOT_GAS * BigInt(slots);
}
