import { type Address, concatHex, type Hex } from "viem";

/**
 * Contracts in EVM code that do what a simulation cannot foresee: they look at what is known only when the
 * block is made.
 */

/** Deploys `runtime`, which is shorter than 256 bytes. */
export function initcode(runtime: Hex): Hex {
  const size: Hex = `0x${((runtime.length - 2) / 2).toString(16).padStart(2, "0")}`;
  // PUSH1 size, DUP1, PUSH1 11, PUSH1 0, CODECOPY, PUSH1 0, RETURN
  return concatHex(["0x60", size, "0x80600b6000396000f3", runtime]);
}

/** CALL of `target` with the call's value and no data; nothing is left on the stack. */
function pay(target: Address): Hex {
  return concatHex(["0x600060006000600034", "0x73", target, "0x5af150"]);
}

/** Pays on, and returns how much gas is left: the simulation only has an upper bound of what is used. */
export function gasTeller(target: Address): Hex {
  // GAS, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, RETURN
  return initcode(concatHex([pay(target), "0x5a60005260206000f3"]));
}

/** Pays on, and then reverts with PREVRANDAO as its data unless that is 0, as the simulation has it. */
export function gambler(target: Address): Hex {
  const paid = pay(target);
  const end: Hex = `0x${((paid.length - 2) / 2 + 14).toString(16).padStart(2, "0")}`;
  // PREVRANDAO, ISZERO, PUSH1 end, JUMPI, PREVRANDAO, PUSH1 0, MSTORE, PUSH1 32, PUSH1 0, REVERT, end:
  // JUMPDEST, STOP
  return initcode(concatHex([paid, "0x441560", end, "0x57", "0x4460005260206000fd", "0x5b00"]));
}

/** Answers every call with PREVRANDAO. */
export const oracle: Hex = initcode("0x4460005260206000f3");
