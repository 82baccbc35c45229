import { concatHex, type Hex, numberToHex, size } from "viem";

/** Opcodes that the tests' contracts use. */
const OPCODES = {
  STOP: 0x00,
  SUB: 0x03,
  EQ: 0x14,
  ISZERO: 0x15,
  BYTE: 0x1a,
  SHR: 0x1c,
  KECCAK256: 0x20,
  BALANCE: 0x31,
  ORIGIN: 0x32,
  CALLER: 0x33,
  CALLVALUE: 0x34,
  CALLDATALOAD: 0x35,
  CALLDATASIZE: 0x36,
  CALLDATACOPY: 0x37,
  CODECOPY: 0x39,
  RETURNDATASIZE: 0x3d,
  RETURNDATACOPY: 0x3e,
  TIMESTAMP: 0x42,
  NUMBER: 0x43,
  CHAINID: 0x46,
  POP: 0x50,
  MSTORE: 0x52,
  SLOAD: 0x54,
  SSTORE: 0x55,
  JUMPI: 0x57,
  GAS: 0x5a,
  JUMPDEST: 0x5b,
  TLOAD: 0x5c,
  TSTORE: 0x5d,
  DUP1: 0x80,
  SWAP1: 0x90,
  CREATE: 0xf0,
  CALL: 0xf1,
  RETURN: 0xf3,
  STATICCALL: 0xfa,
  REVERT: 0xfd,
  SELFDESTRUCT: 0xff,
} as const;

/**
 * Assembles a program of words: opcodes, decimal numbers (pushed), `:name` (a place to jump to) and `@name`
 * (its address, pushed as two bytes).
 */
export function assemble(program: string): Hex {
  const words = program.split(/\s+/).filter((word) => word !== "");
  const places = new Map<string, number>();
  const encode = (word: string): Hex => {
    if (word.startsWith(":")) return numberToHex(OPCODES.JUMPDEST);
    if (word.startsWith("@"))
      return concatHex(["0x61", numberToHex(places.get(word.slice(1)) ?? 0, { size: 2 })]);
    if (/^\d+$/.test(word)) {
      const bytes = numberToHex(BigInt(word));
      const padded: Hex = bytes.length % 2 === 0 ? bytes : `0x0${bytes.slice(2)}`;
      return concatHex([numberToHex(0x5f + size(padded)), padded]);
    }
    const opcode = Object.entries(OPCODES).find(([name]) => name === word)?.[1];
    if (opcode === undefined) throw new Error(`no opcode ${word}`);
    return numberToHex(opcode, { size: 1 });
  };
  let at = 0;
  for (const word of words) {
    if (word.startsWith(":")) places.set(word.slice(1), at);
    at += size(encode(word));
  }
  return concatHex(words.map(encode));
}

/** Code that deploys `runtime`, after a prologue that must leave the stack empty. */
export function deploying(runtime: Hex, prologue = ""): Hex {
  const length = size(runtime);
  const tail = (from: number): Hex => assemble(`${prologue} ${length} ${from} 0 CODECOPY ${length} 0 RETURN`);
  // The offset's own length may change it once.
  const offset = size(tail(size(tail(255))));
  return concatHex([tail(offset), runtime]);
}

/**
 * A contract that notes everything it can know of a call, and then calls on: calldata is the callee (20
 * bytes), a mode (1 byte) and what the callee is sent. Mode 0 answers with the callee's answer, 1 reverts
 * with it, 2 calls statically and notes nothing. Empty calldata is noted, and that is all.
 */
export const NOTARY = assemble(`
  20 CALLDATALOAD 0 BYTE 2 EQ @static JUMPI
  CALLER 0 SSTORE
  CALLVALUE 1 SSTORE
  CHAINID 2 SSTORE
  TIMESTAMP 3 SSTORE
  NUMBER 4 SSTORE
  CALLDATASIZE 0 0 CALLDATACOPY CALLDATASIZE 0 KECCAK256 5 SSTORE
  ORIGIN 6 SSTORE
  CALLDATASIZE ISZERO @stop JUMPI
  21 CALLDATASIZE SUB 21 0 CALLDATACOPY
  0 0 21 CALLDATASIZE SUB 0 CALLVALUE 0 CALLDATALOAD 96 SHR GAS CALL 7 SSTORE
  RETURNDATASIZE 0 0 RETURNDATACOPY
  RETURNDATASIZE 0 KECCAK256 8 SSTORE
  20 CALLDATALOAD 0 BYTE 1 EQ @revert JUMPI
  RETURNDATASIZE 0 RETURN
  :revert RETURNDATASIZE 0 REVERT
  :static
  21 CALLDATASIZE SUB 21 0 CALLDATACOPY
  0 0 21 CALLDATASIZE SUB 0 0 CALLDATALOAD 96 SHR GAS STATICCALL POP
  RETURNDATASIZE 0 0 RETURNDATACOPY
  RETURNDATASIZE 0 RETURN
  :stop STOP
`);

/**
 * A contract that calls an account, whatever comes of it, and answers with the gas that asking for another
 * one's balance costs then: 2,600 if that is cold, 100 if it is warm, and 7 for what is around it. Calldata
 * is the callee, the other account (20 bytes each), and what the callee is sent.
 */
export const SURVEYOR = assemble(`
  40 CALLDATASIZE SUB 40 0 CALLDATACOPY
  0 0 40 CALLDATASIZE SUB 0 0 0 CALLDATALOAD 96 SHR GAS CALL POP
  20 CALLDATALOAD 96 SHR GAS SWAP1 BALANCE POP GAS SWAP1 SUB
  0 MSTORE 32 0 RETURN
`);

/** A contract that calls two accounts, one after the other: calldata is both (20 bytes each). */
export const CALLER_OF_TWO = assemble(`
  0 0 0 0 0 0 CALLDATALOAD 96 SHR GAS CALL POP
  0 0 0 0 0 20 CALLDATALOAD 96 SHR GAS CALL POP STOP
`);

/** A contract that creates another one of the code that it is sent, with what it is paid. */
export const FACTORY = assemble(`
  CALLDATASIZE 0 0 CALLDATACOPY CALLDATASIZE 0 CALLVALUE CREATE 0 MSTORE 32 0 RETURN
`);

/** A contract that destroys itself for its caller. */
export const SHORT_LIVED = assemble("CALLER SELFDESTRUCT");

/** A contract that asks for an account's balance, and reverts if it is sent a byte more than its address. */
export const VISITOR = assemble(`
  0 CALLDATALOAD 96 SHR BALANCE POP 21 CALLDATASIZE EQ @revert JUMPI STOP :revert 0 0 REVERT
`);

/**
 * A contract that notes what it finds of an earlier call in the same transaction: in slot 0 its transient
 * storage, in slot 1 the gas that asking for the balance of the address in calldata costs.
 */
export const FORGETFUL = assemble(`
  0 TLOAD 0 SSTORE 1 0 TSTORE
  0 CALLDATALOAD 96 SHR GAS SWAP1 BALANCE POP GAS SWAP1 SUB 1 SSTORE STOP
`);
