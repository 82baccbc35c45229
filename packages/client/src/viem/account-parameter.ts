import type { Account, Address } from "viem";

/** Who signs: to be said where the client has no account of its own. */
export type AccountParameter<account extends Account | undefined> = [account] extends [Account]
  ? { readonly account?: Account | Address | undefined }
  : { readonly account: Account | Address };
