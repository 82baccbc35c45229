import { buildBn128 } from "ffjavascript";
import type { CurveModule } from "./curve-memory.ts";

/** ffjavascript's module of BN254, compiled, to be lent to threads. */
export async function compileCurve(): Promise<CurveModule> {
  const { tm, prePSize, preQSize } = await buildBn128(true);
  return {
    module: await WebAssembly.compile(tm.code),
    generators: { g1: tm.pG1gen, g2: tm.pG2gen },
    preparedBytes: { g1: prePSize, g2: preQSize },
  };
}
