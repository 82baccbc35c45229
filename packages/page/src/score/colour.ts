import { scaleLinear } from "d3-scale";
import type { Hex } from "../chains/rpc-types.ts";

/** Roots differ in hue from each other; all of them are calm. */
const hue = scaleLinear().domain([0, 0xffff]).range([150, 300]);
const lightness = scaleLinear().domain([0, 0xff]).range([44, 70]);

/** The colour of a rollup with this root. */
export function rootColour(root: Hex): string {
  const [shade, tone] = [Number.parseInt(root.slice(-4), 16), Number.parseInt(root.slice(-6, -4), 16)];
  return `hsl(${hue(shade).toFixed(0)} 38% ${lightness(tone).toFixed(0)}%)`;
}
