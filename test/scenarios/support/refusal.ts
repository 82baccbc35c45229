import type { Hex } from "viem";
import { BaseError, isHex } from "viem";

/** Why an endpoint did not take a transaction or a call. */
export interface Refusal {
  /** Lockstep's own code, if that is the reason. */
  readonly code: string | undefined;
  /** Revert data, if code reverted. */
  readonly data: Hex | undefined;
  readonly message: string;
}

/**
 * What the endpoint said to a request that it must refuse.
 * @throws if it took it.
 */
export async function refusalOf(attempt: Promise<unknown>): Promise<Refusal> {
  const error: unknown = await attempt.then(
    () => {
      throw new Error("was taken, but should have been refused");
    },
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof BaseError)) throw error;
  const refusal = find(error);
  return { code: refusal.code, data: refusal.data, message: error.details };
}

/** Endpoints send the data as the error's `data`, or within it. */
function find(error: BaseError): { code: string | undefined; data: Hex | undefined } {
  let code: string | undefined;
  let data: Hex | undefined;
  error.walk((cause) => {
    const inner = dataOf(cause);
    if (isHex(inner)) data ??= inner;
    else if (typeof inner === "object" && inner !== null && "code" in inner && typeof inner.code === "string")
      code ??= inner.code;
    return false;
  });
  return { code, data };
}

function dataOf(cause: unknown): unknown {
  if (typeof cause !== "object" || cause === null || !("data" in cause)) return undefined;
  const { data } = cause;
  const nested = dataOf(data);
  return nested ?? data;
}
