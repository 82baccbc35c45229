import type { Hex, LocalAccount } from "viem";
import { z } from "zod";
import { LockstepError } from "../../../protocol/errors.ts";
import { checkSender } from "../../../intake/check.ts";
import { decodeTransaction, isBlobTransaction } from "../../../intake/decode.ts";
import { GatewayAccounts, UnknownAccountError } from "../../accounts.ts";
import { bytesSchema, parseParams } from "../../json-rpc.ts";
import type { Handler } from "../../service.ts";
import { signingMethods } from "../../signing-methods.ts";
import type { Impersonated } from "./cheats/impersonated.ts";
import { estimateCall } from "./call-methods.ts";
import { UnsupportedRequestError } from "./errors.ts";
import { pendingNonce } from "./state-methods.ts";
import type { EvmRollupView } from "./view.ts";

/**
 * Methods that send transactions.
 * @param keys accounts that the gateway signs for, for every caller.
 * @param impersonated accounts that need no key: of a rollup that was registered for tests.
 */
export function transactionMethods(
  view: EvmRollupView,
  keys: readonly LocalAccount[],
  impersonated?: Impersonated,
): Readonly<Record<string, Handler>> {
  const accounts = new GatewayAccounts(
    {
      chainId: view.chainId,
      priorityFee: 0n,
      baseFee: async () => 0n,
      nextNonce: (sender) => pendingNonce(view, sender),
      estimateGas: (call) => estimateCall(view, call),
    },
    keys,
  );
  const unsigned: Handler | undefined =
    impersonated &&
    (async (request) => {
      if (request.method === "eth_sendTransaction")
        return { result: await impersonated.send(request, accounts) };
      throw new UnknownAccountError(undefined);
    });
  return {
    eth_accounts: async () => ({ result: accounts.addresses }),
    eth_requestAccounts: async () => ({ result: accounts.addresses }),
    eth_sendRawTransaction: async ({ params }) => {
      const [raw] = parseParams(z.tuple([bytesSchema]), params);
      return { result: await submit(view, raw) };
    },
    ...signingMethods(accounts, view.chainId, async (raw) => ({ result: await submit(view, raw) }), unsigned),
  };
}

/**
 * @throws {LockstepError} that says in wallets' words what is wrong with the sender, or what else the rollup
 * refuses.
 */
async function submit(view: EvmRollupView, raw: Hex): Promise<Hex> {
  if (isBlobTransaction(raw)) {
    const message = "rollups take no blobs: transactions of type 3 are for L1 only";
    throw new UnsupportedRequestError("UNSUPPORTED_TRANSACTION", message);
  }
  const decoded = decodeTransaction(raw, view.chainId);
  if (view.waiting().some(({ hash }) => hash === decoded.hash)) return decoded.hash;
  try {
    return await view.submit(raw);
  } catch (error) {
    if (error instanceof LockstepError && error.code === "INVALID_L2_TRANSACTION") {
      // Wallets know the reasons by these words.
      const { sender } = decoded;
      const nonce = await pendingNonce(view, sender);
      const balance = await view.read(({ store }) => store.account(sender)?.balance ?? 0n);
      checkSender(decoded, { nonce, balance }, 0n);
    }
    throw error;
  }
}
