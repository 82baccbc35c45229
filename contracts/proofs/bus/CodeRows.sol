// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";

/// @title A code as rows
/// @notice What a proof may say of a code, decoded here so that no circuit has to: a row for each
/// instruction, for the upper half of an immediate of more than 16 bytes, for each half of each 32 bytes, for
/// the length, and one STOP behind the end. docs/proving-evm.md section 5 has the layout; its mirror is
/// `builder/proving/bus/code-rows.ts`.
///
///     bits 0-23 place │ 24-39 class │ 40-47 parameter │ 48-55 width │ 64-191 value
library CodeRows {
    /// Opcodes that exist in Osaka, one bit each. All others are INVALID.
    uint256 private constant DEFINED = 0xe43f0000000000000000001fffffffffffffffffffff07ffffff00017fff0fff;

    /// Classes; all others are opcodes of their own.
    uint256 private constant PUSH0 = 0x5f;
    uint256 private constant DUP1 = 0x80;
    uint256 private constant SWAP1 = 0x90;
    uint256 private constant LOG0 = 0xa0;
    uint256 private constant INVALID = 0xfe;
    /// Classes that are no opcodes.
    uint256 private constant IMMEDIATE_HIGH = 0x15f;
    uint256 private constant WORD = 0x100;
    uint256 private constant LENGTH = 0x101;

    /// Π (at − row) over all rows of the code.
    function product(bytes calldata code, uint256 at) internal pure returns (uint256 result) {
        return mulmod(_instructions(code, at), _contents(code, at), FIELD_MODULUS);
    }

    /// The product over instructions and immediates.
    function _instructions(bytes calldata code, uint256 at) private pure returns (uint256 result) {
        result = 1;
        uint256 place = 0;
        unchecked {
            uint256 base = at + FIELD_MODULUS;
            while (place < code.length) {
                uint256 opcode = uint8(code[place]);
                uint256 row = place;
                uint256 width = 0;
                if (opcode - PUSH0 < 33) {
                    width = opcode - PUSH0;
                    uint256 value = _immediate(code, place + 1, width);
                    row |= (PUSH0 << 24) | (width << 40) | (width << 48) | (uint256(uint128(value)) << 64);
                    if (width > 16) {
                        uint256 high = place | (IMMEDIATE_HIGH << 24) | ((value >> 128) << 64);
                        result = mulmod(result, base - high, FIELD_MODULUS);
                    }
                } else row |= _classOf(opcode);
                result = mulmod(result, base - row, FIELD_MODULUS);
                place += 1 + width;
            }
            // STOP, whose class is 0.
            result = mulmod(result, base - place, FIELD_MODULUS);
        }
    }

    /// Class and parameter of an instruction without an immediate, in their bits of a row.
    function _classOf(uint256 opcode) private pure returns (uint256) {
        unchecked {
            if ((DEFINED >> opcode) & 1 == 0) return INVALID << 24;
            // DUP1 to DUP16, SWAP1 to SWAP16, LOG0 to LOG4
            if (opcode >> 4 == 8) return (DUP1 << 24) | ((opcode - DUP1 + 1) << 40);
            if (opcode >> 4 == 9) return (SWAP1 << 24) | ((opcode - SWAP1 + 1) << 40);
            if (opcode >> 4 == 10) return (LOG0 << 24) | ((opcode - LOG0) << 40);
            return opcode << 24;
        }
    }

    /// Up to 32 bytes, big-endian. Behind the code's end there are zeros, whatever the calldata has there.
    function _immediate(
        bytes calldata code,
        uint256 from,
        uint256 width
    ) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, width)), calldataload(add(code.offset, from)))
            let next := add(from, width)
            if gt(next, code.length) {
                let missing := shl(3, sub(next, code.length))
                value := shl(missing, shr(missing, value))
            }
        }
    }

    /// The product over the length and the halves of the bytes' words, the last one filled with zeros.
    function _contents(bytes calldata code, uint256 at) private pure returns (uint256 result) {
        assembly ("memory-safe") {
            let p := FIELD_MODULUS
            let base := add(at, p)
            let end := code.length
            result := mod(sub(base, or(end, shl(24, LENGTH))), p)
            for {
                let from := 0
            } lt(from, end) {
                from := add(from, 32)
            } {
                let word := calldataload(add(code.offset, from))
                if gt(add(from, 32), end) {
                    let missing := shl(3, sub(add(from, 32), end))
                    word := shl(missing, shr(missing, word))
                }
                let row := or(shr(5, from), shl(24, WORD))
                result := mulmod(result, sub(base, or(row, shl(64, shr(128, word)))), p)
                let low := and(word, 0xffffffffffffffffffffffffffffffff)
                result := mulmod(result, sub(base, or(row, or(shl(40, 1), shl(64, low)))), p)
            }
        }
    }
}
