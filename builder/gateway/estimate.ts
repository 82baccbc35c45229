import type { Backend } from "./backend.ts";
import { MAX_TRANSACTION_GAS } from "../batch/limits.ts";
import { type CallRequest, type TransactionOutcome, failureOnL1 } from "../simulate/outcome.ts";
import { LockstepError } from "../protocol/errors.ts";

/**
 * Multiples of the gas used, in hundredths, that are tried: calls keep a 64th of their gas, refunds come at
 * the end.
 */
const ATTEMPTS = [110n, 130n, 160n, 250n] as const;

/**
 * The least of a few limits with which something succeeds.
 * @param used gas that it used with all gas there is.
 * @param cap all gas there is.
 */
export async function findGasLimit(
  used: bigint,
  cap: bigint,
  succeedsWith: (gas: bigint) => Promise<boolean>,
): Promise<bigint> {
  for (const hundredths of ATTEMPTS) {
    const gas = (used * hundredths) / 100n;
    if (gas >= cap) break;
    if (await succeedsWith(gas)) return gas;
  }
  return cap;
}

/**
 * A limit with which something succeeds whose use of gas says little about what it needs: within an eighth of
 * the least, and a tenth more, for L1 may have changed until it is included.
 * @param used less than it needs, or just that.
 * @param cap all gas there is.
 */
export async function bisectGasLimit(
  used: bigint,
  cap: bigint,
  succeedsWith: (gas: bigint) => Promise<boolean>,
): Promise<bigint> {
  let [tooLittle, enough] = [used, cap];
  while (enough * 8n > tooLittle * 9n) {
    // Between the two by their ratio: what is needed may be a few times or hundreds of times what is used.
    const middle = BigInt(Math.round(Math.sqrt(Number(tooLittle) * Number(enough))));
    if (await succeedsWith(middle)) enough = middle;
    else tooLittle = middle;
  }
  const more = (enough * 11n) / 10n;
  return more < cap ? more : cap;
}

/**
 * Gas with which a call that crosses chains succeeds.
 * @returns nothing if it crosses none: then the node knows better.
 * @throws {TransactionRevertedError} when it reverts even with all gas there is.
 */
export async function estimateCrossChainGas(
  builder: Backend,
  request: CallRequest,
  pending: boolean,
): Promise<bigint | undefined> {
  const outcome = await builder.call(request, pending, "include");
  if (!outcome.crossesChains) return undefined;
  if (!outcome.success) throw failureOnL1(outcome);
  const cap = request.gas < MAX_TRANSACTION_GAS ? request.gas : MAX_TRANSACTION_GAS;
  return await findGasLimit(
    outcome.gasUsed,
    cap,
    async (gas) => await succeeds(builder, { ...request, gas }, pending),
  );
}

async function succeeds(builder: Backend, request: CallRequest, pending: boolean): Promise<boolean> {
  try {
    const { success }: TransactionOutcome = await builder.call(request, pending, "include");
    return success;
  } catch (error) {
    if (error instanceof LockstepError && error.code === "INSUFFICIENT_GAS") return false;
    throw error;
  }
}
