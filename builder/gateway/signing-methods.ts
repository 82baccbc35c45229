import type { Hex } from "viem";
import { z } from "zod";
import type { GatewayAccounts } from "./accounts.ts";
import { callSchema } from "./call-request.ts";
import { addressSchema, type Answer, bytesSchema, InvalidParamsError, parseParams } from "./json-rpc.ts";
import { pendingTransaction, unsignedTransaction } from "./pending-transaction.ts";
import type { Handler } from "./service.ts";

const transaction = z.tuple([callSchema], z.unknown());
const fieldsSchema = z.array(z.object({ name: z.string(), type: z.string() }));
const chainIdSchema = z
  .union([z.number().int(), z.string().regex(/^(0x[0-9a-fA-F]{1,64}|[0-9]{1,78})$/, "not a chain id")])
  .transform((id) => BigInt(id));
const typedDataSchema = z.object({
  domain: z.looseObject({ chainId: chainIdSchema.optional() }),
  types: z.record(z.string(), fieldsSchema),
  primaryType: z.string(),
  message: z.record(z.string(), z.unknown()),
});

/**
 * Methods that use the keys of the gateway's accounts.
 * @param submit takes a raw transaction.
 * @param otherwise answers what is asked of accounts that are not the gateway's; without it they are refused.
 */
export function signingMethods(
  accounts: GatewayAccounts,
  chainId: bigint,
  submit: (raw: Hex) => Promise<Answer>,
  otherwise?: Handler,
): Readonly<Record<string, Handler>> {
  const forOwn =
    (senderOf: (params: readonly unknown[]) => Hex | undefined, own: Handler): Handler =>
    async (request) => {
      const isOwn = otherwise === undefined || accounts.has(senderOf(request.params));
      return isOwn ? await own(request) : await otherwise(request);
    };
  const sender = (params: readonly unknown[]): Hex | undefined => parseParams(transaction, params)[0].from;
  const addressAt =
    (index: number) =>
    (params: readonly unknown[]): Hex => {
      const parsed = addressSchema.safeParse(params[index]);
      if (parsed.success) return parsed.data;
      throw new InvalidParamsError(`${index}: not an address`);
    };
  return {
    eth_sendTransaction: forOwn(sender, async ({ params }) => {
      const [call] = parseParams(transaction, params);
      return await accounts.send(call, submit);
    }),
    eth_signTransaction: forOwn(sender, async ({ params }) => {
      const [call] = parseParams(transaction, params);
      const { raw } = await accounts.sign(call);
      const {
        blockHash: _b,
        blockNumber: _n,
        transactionIndex: _i,
        blockTimestamp: _t,
        ...tx
      } = pendingTransaction(raw, chainId);
      return { result: { raw, tx } };
    }),
    eth_fillTransaction: async ({ params }) => {
      const [call] = parseParams(transaction, params);
      return { result: { tx: unsignedTransaction(await accounts.fill(call)) } };
    },
    eth_sign: forOwn(addressAt(0), async ({ params }) => {
      const [address, message] = parseParams(z.tuple([addressSchema, bytesSchema]), params);
      return { result: await accounts.signMessage(address, message) };
    }),
    personal_sign: forOwn(addressAt(1), async ({ params }) => {
      const [message, address] = parseParams(z.tuple([bytesSchema, addressSchema], z.unknown()), params);
      return { result: await accounts.signMessage(address, message) };
    }),
    eth_signTypedData_v4: forOwn(addressAt(0), async ({ params }) => {
      const [address, data] = parseParams(z.tuple([addressSchema, z.unknown()]), params);
      const [parsed] = parseParams(z.tuple([typedDataSchema]), [decoded(data)]);
      return { result: await accounts.signTypedData(address, parsed) };
    }),
  };
}

/** Wallets send structured data as an object, or as JSON in a string. */
function decoded(data: unknown): unknown {
  if (typeof data !== "string") return data;
  try {
    return JSON.parse(data);
  } catch {
    throw new InvalidParamsError("1: not JSON");
  }
}
