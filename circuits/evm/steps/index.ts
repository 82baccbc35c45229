import type { RowType } from "../../bus/row.ts";
import { addition } from "./addition.ts";
import { bitwise, not } from "./bitwise.ts";
import { calldataAcross, calldataBeyond, calldataLoad } from "./calldata.ts";
import { comparison, equality, isZero, signedComparison } from "./comparison.ts";
import { cut } from "./cut.ts";
import { discardMemory, discardStack } from "./discard.ts";
import { end } from "./end.ts";
import { codeSize, constant, counter, environment, selfBalance } from "./environment.ts";
import {
  haltRow,
  invalid,
  jumpBeyond,
  jumpIntoData,
  jumpOther,
  memoryUnpaid,
  sloadUnpaid,
  sstoreUnpaid,
} from "./halts.ts";
import { jump, jumpdest, jumpi } from "./jumps.ts";
import { log } from "./log.ts";
import { freshMemory, memorySize, mload, mloadAcross, mstore, mstore8, mstoreAcross } from "./memory.ts";
import { dup, popRow, swap } from "./moves.ts";
import { pushNarrow, pushShort, pushWide } from "./push.ts";
import { returnAcross, returnLastWord, returnRow, returnWord } from "./return.ts";
import { shift, shiftFar, shiftOut } from "./shift.ts";
import { sload, sstore } from "./storage.ts";
import { stop } from "./stop.ts";

/** All rows of execution, by the name by which the trace makes them. */
export const STEPS = {
  stop,
  jumpdest,
  jump,
  jumpi,
  pushShort,
  pushNarrow,
  pushWide,
  pop: popRow,
  dup,
  swap,
  addition,
  comparison,
  signedComparison,
  equality,
  isZero,
  not,
  bitwise,
  shift,
  shiftFar,
  shiftOut,
  cut,
  environment,
  constant,
  counter,
  codeSize,
  selfBalance,
  calldataLoad,
  calldataAcross,
  calldataBeyond,
  mload,
  mloadAcross,
  mstore,
  mstoreAcross,
  mstore8,
  memorySize,
  sload,
  sstore,
  log,
  return: returnRow,
  returnWord,
  returnLastWord,
  returnAcross,
  invalid,
  halt: haltRow,
  jumpBeyond,
  jumpOther,
  jumpIntoData,
  sloadUnpaid,
  sstoreUnpaid,
  memoryUnpaid,
  end,
  freshMemory,
  discardStack,
  discardMemory,
} as const satisfies Record<string, RowType>;
