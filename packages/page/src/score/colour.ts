import { scaleLinear } from "d3-scale";
import type { Hex } from "../chains/rpc-types.ts";

/** Roots differ in hue from each other; all of them are calm. */
const hue = scaleLinear().domain([0, 0xffff]).range([165, 285]);

/** The colour of a rollup with this root. */
export function rootColour(root: Hex): string {
  return `hsl(${hue(Number.parseInt(root.slice(-4), 16)).toFixed(0)} 38% 58%)`;
}
