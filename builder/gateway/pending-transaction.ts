import { type Hex, numberToHex, type TransactionSerializable } from "viem";
import { z } from "zod";
import { decodeTransaction } from "../intake/decode.ts";
import { addressSchema, quantitySchema } from "./json-rpc.ts";

const authorizationSchema = z.object({
  chainId: z.string(),
  address: z.string(),
  nonce: z.string(),
  yParity: z.string(),
  r: z.string(),
  s: z.string(),
});

/** A queued transaction as `eth_getTransactionByHash` shows one that is in no block. */
export function pendingTransaction(raw: Hex, l1ChainId: bigint): Record<string, unknown> {
  const { hash, sender, tx } = decodeTransaction(raw, l1ChainId);
  const { data, gasLimit, to, type, authorizationList, ...fields } = tx.toJSON();
  return {
    ...fields,
    ...(authorizationList === undefined
      ? {}
      : { authorizationList: z.array(authorizationSchema).parse(authorizationList).map(rpcAuthorization) }),
    hash,
    from: sender,
    to: to ?? null,
    input: data,
    gas: gasLimit,
    gasPrice: fields.gasPrice ?? fields.maxFeePerGas,
    type: type ?? numberToHex(tx.type),
    chainId: numberToHex(l1ChainId),
    blockHash: null,
    blockNumber: null,
    blockTimestamp: null,
    transactionIndex: null,
  };
}

/** EthereumJS shows the numbers of authorizations as bytes: with leading zeros, and 0 as none at all. */
function rpcAuthorization(authorization: z.output<typeof authorizationSchema>): Record<string, string> {
  const { address, chainId, nonce, yParity, r, s } = authorization;
  const quantity = (bytes: string): Hex => numberToHex(bytes === "0x" ? 0n : BigInt(bytes));
  return {
    address,
    chainId: quantity(chainId),
    nonce: quantity(nonce),
    yParity: quantity(yParity),
    r: quantity(r),
    s: quantity(s),
  };
}

const lineSchema = z.looseObject({
  to: addressSchema.nullish(),
  value: quantitySchema,
  gas: quantitySchema,
  gasPrice: quantitySchema.nullish(),
  maxFeePerGas: quantitySchema.nullish(),
});

/** A transaction that is shown, in one line, as geth has it in `txpool_inspect`. */
export function inALine(shown: Readonly<Record<string, unknown>>): string {
  const { to, value, gas, gasPrice, maxFeePerGas } = lineSchema.parse(shown);
  const price = gasPrice ?? maxFeePerGas ?? 0n;
  return `${to ?? "contract creation"}: ${value} wei + ${gas} gas × ${price} wei`;
}

const TYPES: Readonly<Record<string, Hex>> = {
  legacy: "0x0",
  eip2930: "0x1",
  eip1559: "0x2",
  eip7702: "0x4",
};

/** A transaction that is not signed yet. */
export function unsignedTransaction(transaction: TransactionSerializable): Record<string, unknown> {
  const { chainId, to, value, data, gas, nonce, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const { accessList, authorizationList, type } = transaction;
  const quantity = (name: string, amount: bigint | number | undefined) =>
    amount === undefined ? {} : { [name]: numberToHex(amount) };
  return {
    type: TYPES[type ?? "legacy"],
    to: to ?? null,
    input: data ?? "0x",
    ...quantity("chainId", chainId),
    ...quantity("value", value ?? 0n),
    ...quantity("gas", gas ?? 0n),
    ...quantity("nonce", nonce ?? 0),
    ...quantity("gasPrice", gasPrice ?? maxFeePerGas),
    ...quantity("maxFeePerGas", maxFeePerGas),
    ...quantity("maxPriorityFeePerGas", maxPriorityFeePerGas),
    ...(accessList === undefined ? {} : { accessList }),
    ...(authorizationList === undefined
      ? {}
      : {
          authorizationList: authorizationList.map(
            ({ chainId: chain, address, nonce: turn, yParity, r, s }) => ({
              address,
              chainId: numberToHex(chain),
              nonce: numberToHex(turn),
              yParity: numberToHex(yParity ?? 0),
              r: numberToHex(BigInt(r)),
              s: numberToHex(BigInt(s)),
            }),
          ),
        }),
  };
}
