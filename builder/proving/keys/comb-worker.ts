import { Comb, type CombPoints } from "./comb.ts";
import { CurveMemory, type CurveModule, type GroupName } from "./curve-memory.ts";

/** One batch of multiples of a generator, for a worker thread. */
export interface CombTask {
  readonly curve: CurveModule;
  readonly group: GroupName;
  /** Window width in bits. */
  readonly window: number;
  /** 32 bytes each, little-endian. */
  readonly scalars: Uint8Array;
}

/** Tables are made once per thread and kept: they cost as much as thousands of multiples. */
const combs = new Map<string, Promise<Comb>>();

export default async function multiply({ curve, group, window, scalars }: CombTask): Promise<CombPoints> {
  const name = `${group}/${window}`;
  const comb = combs.get(name) ?? CurveMemory.create(curve).then((memory) => new Comb(memory, group, window));
  combs.set(name, comb);
  return (await comb).multiply(scalars);
}
