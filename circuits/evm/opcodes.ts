/** An instruction of Osaka as decoded code has it: class and parameter (docs/proving-evm.md, section 5). */
export interface Opcode {
  readonly name: string;
  readonly class: number;
  readonly parameter: number;
  /** With less gas it halts. */
  readonly gas: number;
  /** Words that it needs on the stack. */
  readonly pops: number;
  /** Words that it leaves instead of those. */
  readonly pushes: number;
  /** It halts in a frame that may not write (EIP-214). */
  readonly writes: boolean;
}

/** Classes that several opcodes share, told apart by the parameter. */
export const CLASS = { push: 0x5f, dup: 0x80, swap: 0x90, log: 0xa0 } as const;

/** What opcodes that Osaka does not define are decoded to; INVALID itself. */
export const INVALID = 0xfe;

/**
 * Classes, in decoded code, of what is no instruction: a half of 32 bytes of it, its length, and the upper
 * half of an immediate of more than 16 bytes.
 */
export const CONTENT = { word: 0x100, length: 0x101, immediateHigh: 0x15f } as const;

/** SSTORE halts with 2,300 gas or less (EIP-2200). */
export const SSTORE_SENTRY = 2_300;

/** name, opcode, least gas, pops, pushes; those that write are marked. */
const PLAIN: readonly (readonly [string, number, number, number, number, "writes"?])[] = [
  ["STOP", 0x00, 0, 0, 0],
  ["ADD", 0x01, 3, 2, 1],
  ["MUL", 0x02, 5, 2, 1],
  ["SUB", 0x03, 3, 2, 1],
  ["DIV", 0x04, 5, 2, 1],
  ["SDIV", 0x05, 5, 2, 1],
  ["MOD", 0x06, 5, 2, 1],
  ["SMOD", 0x07, 5, 2, 1],
  ["ADDMOD", 0x08, 8, 3, 1],
  ["MULMOD", 0x09, 8, 3, 1],
  ["EXP", 0x0a, 10, 2, 1],
  ["SIGNEXTEND", 0x0b, 5, 2, 1],
  ["LT", 0x10, 3, 2, 1],
  ["GT", 0x11, 3, 2, 1],
  ["SLT", 0x12, 3, 2, 1],
  ["SGT", 0x13, 3, 2, 1],
  ["EQ", 0x14, 3, 2, 1],
  ["ISZERO", 0x15, 3, 1, 1],
  ["AND", 0x16, 3, 2, 1],
  ["OR", 0x17, 3, 2, 1],
  ["XOR", 0x18, 3, 2, 1],
  ["NOT", 0x19, 3, 1, 1],
  ["BYTE", 0x1a, 3, 2, 1],
  ["SHL", 0x1b, 3, 2, 1],
  ["SHR", 0x1c, 3, 2, 1],
  ["SAR", 0x1d, 3, 2, 1],
  ["CLZ", 0x1e, 5, 1, 1],
  ["KECCAK256", 0x20, 30, 2, 1],
  ["ADDRESS", 0x30, 2, 0, 1],
  ["BALANCE", 0x31, 100, 1, 1],
  ["ORIGIN", 0x32, 2, 0, 1],
  ["CALLER", 0x33, 2, 0, 1],
  ["CALLVALUE", 0x34, 2, 0, 1],
  ["CALLDATALOAD", 0x35, 3, 1, 1],
  ["CALLDATASIZE", 0x36, 2, 0, 1],
  ["CALLDATACOPY", 0x37, 3, 3, 0],
  ["CODESIZE", 0x38, 2, 0, 1],
  ["CODECOPY", 0x39, 3, 3, 0],
  ["GASPRICE", 0x3a, 2, 0, 1],
  ["EXTCODESIZE", 0x3b, 100, 1, 1],
  ["EXTCODECOPY", 0x3c, 100, 4, 0],
  ["RETURNDATASIZE", 0x3d, 2, 0, 1],
  ["RETURNDATACOPY", 0x3e, 3, 3, 0],
  ["EXTCODEHASH", 0x3f, 100, 1, 1],
  ["BLOCKHASH", 0x40, 20, 1, 1],
  ["COINBASE", 0x41, 2, 0, 1],
  ["TIMESTAMP", 0x42, 2, 0, 1],
  ["NUMBER", 0x43, 2, 0, 1],
  ["PREVRANDAO", 0x44, 2, 0, 1],
  ["GASLIMIT", 0x45, 2, 0, 1],
  ["CHAINID", 0x46, 2, 0, 1],
  ["SELFBALANCE", 0x47, 5, 0, 1],
  ["BASEFEE", 0x48, 2, 0, 1],
  ["BLOBHASH", 0x49, 3, 1, 1],
  ["BLOBBASEFEE", 0x4a, 2, 0, 1],
  ["POP", 0x50, 2, 1, 0],
  ["MLOAD", 0x51, 3, 1, 1],
  ["MSTORE", 0x52, 3, 2, 0],
  ["MSTORE8", 0x53, 3, 2, 0],
  ["SLOAD", 0x54, 100, 1, 1],
  ["SSTORE", 0x55, SSTORE_SENTRY + 1, 2, 0, "writes"],
  ["JUMP", 0x56, 8, 1, 0],
  ["JUMPI", 0x57, 10, 2, 0],
  ["PC", 0x58, 2, 0, 1],
  ["MSIZE", 0x59, 2, 0, 1],
  ["GAS", 0x5a, 2, 0, 1],
  ["JUMPDEST", 0x5b, 1, 0, 0],
  ["TLOAD", 0x5c, 100, 1, 1],
  ["TSTORE", 0x5d, 100, 2, 0, "writes"],
  ["MCOPY", 0x5e, 3, 3, 0],
  ["CREATE", 0xf0, 32_000, 3, 1, "writes"],
  ["CALL", 0xf1, 100, 7, 1],
  ["CALLCODE", 0xf2, 100, 7, 1],
  ["RETURN", 0xf3, 0, 2, 0],
  ["DELEGATECALL", 0xf4, 100, 6, 1],
  ["CREATE2", 0xf5, 32_000, 4, 1, "writes"],
  ["STATICCALL", 0xfa, 100, 6, 1],
  ["REVERT", 0xfd, 0, 2, 0],
  ["SELFDESTRUCT", 0xff, 5_000, 1, 0, "writes"],
];

/** Every instruction of Osaka: the fixed table of the bus' `opcode` tuples. */
export const OPCODES: readonly Opcode[] = [
  ...PLAIN.map(([name, opcode, gas, pops, pushes, writes]) => ({
    name,
    class: opcode,
    parameter: 0,
    gas,
    pops,
    pushes,
    writes: writes !== undefined,
  })),
  ...numbered("PUSH", CLASS.push, 0, 32, (n) => ({ gas: n === 0 ? 2 : 3, pops: 0, pushes: 1 })),
  ...numbered("DUP", CLASS.dup, 1, 16, (n) => ({ gas: 3, pops: n, pushes: n + 1 })),
  ...numbered("SWAP", CLASS.swap, 1, 16, (n) => ({ gas: 3, pops: n + 1, pushes: n + 1 })),
  ...numbered("LOG", CLASS.log, 0, 4, (n) => ({ gas: 375 * (n + 1), pops: n + 2, pushes: 0, writes: true })),
];

function numbered(
  name: string,
  kind: number,
  from: number,
  to: number,
  of: (n: number) => Pick<Opcode, "gas" | "pops" | "pushes"> & { readonly writes?: boolean },
): Opcode[] {
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const parameter = from + index;
    return { name: `${name}${parameter}`, class: kind, parameter, writes: false, ...of(parameter) };
  });
}
