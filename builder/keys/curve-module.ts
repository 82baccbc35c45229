import { buildBn128 } from "ffjavascript";
import type { CurveModule } from "./curve-memory.ts";

/** ffjavascript's module of BN254, compiled, to be lent to threads. */
export async function compileCurve(): Promise<CurveModule> {
  const { code, pG1gen, pG2gen } = (await buildBn128(true)).tm;
  return { module: await WebAssembly.compile(code), generators: { g1: pG1gen, g2: pG2gen } };
}
