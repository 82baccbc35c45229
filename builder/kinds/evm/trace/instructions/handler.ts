import type { Instruction } from "../decoded-code.ts";
import type { Machine } from "../machine.ts";

/** Does one instruction whose constant price, words and room on the stack were found to be there. */
export type Handler = (machine: Machine, instruction: Instruction) => void | Promise<void>;

/** By class of decoded code. */
export type Handlers = Readonly<Record<number, Handler>>;
