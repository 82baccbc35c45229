import { row } from "../../bus/row.ts";
import { beginStep, leave } from "./step.ts";

export const stop = row("stop", "STOP: the frame ends with success and without data", (r) => {
  const step = beginStep(r, 0x00);
  leave(r, step, { gas: step.gas, succeeded: 1, length: 0 });
});
