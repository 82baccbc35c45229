import { LockstepClientError } from "./base.ts";

/** Neither the builder nor the node knows a transaction: it was never sent here, or forgotten. */
export class TransactionUnknownError extends LockstepClientError {
  override readonly name = "TransactionUnknownError";
  readonly hash: `0x${string}`;

  constructor(hash: `0x${string}`) {
    super(`the endpoint knows no transaction ${hash}: was it sent to another chain, or replaced?`);
    this.hash = hash;
  }
}
