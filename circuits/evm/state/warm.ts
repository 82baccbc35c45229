import { inverseOfPower, linear, type Linear } from "../../bus/linear.ts";
import type { RowBuilder } from "../../bus/row.ts";

/** Osaka's precompiles are 1 to 0x11, and 0x100. The zero address is the block's coinbase. */
const LAST_PRECOMPILE = 0x11;
const FAR_PRECOMPILE = 0x100;
const LOW_BITS = 12;

/** Whether an address is warm in every visit from its beginning. */
export function isWarmFromStart(address: bigint): boolean {
  return address <= BigInt(LAST_PRECOMPILE) || address === BigInt(FAR_PRECOMPILE);
}

/**
 * Whether an address is warm in every visit from its beginning: a precompile, or the zero address. Proves
 * that the address is below 2^160.
 */
export function isAlwaysWarm(r: RowBuilder, address: Linear): Linear {
  const low = r.hint("low", [address], (value) => value & ((1n << BigInt(LOW_BITS)) - 1n));
  const high = address.minus(low).times(inverseOfPower(LOW_BITS));
  r.range(low, LOW_BITS);
  r.range(high, 160 - LOW_BITS);
  r.bounded(address, (1n << 160n) - 1n, "low + 2^12·high");

  const isNear = r.flagHint("isNear", [r.on, low], (on, value) =>
    on === 1n && value <= BigInt(LAST_PRECOMPILE) ? 1n : 0n,
  );
  const below = linear(LAST_PRECOMPILE).minus(low);
  const above = low.minus(r.on.times(LAST_PRECOMPILE + 1));
  r.range(r.choose(isNear, below, above), LOW_BITS);
  const isLow = isNear.plus(r.isZero(low.minus(r.on.times(FAR_PRECOMPILE))));
  r.bounded(isLow, 1n, "0x100 is not near");
  return r.product(r.isZero(high), isLow);
}
