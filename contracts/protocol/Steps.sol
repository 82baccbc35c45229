// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {Action, CALL, ChainId, StateRoot} from "./Actions.sol";

/// @title Encoding of what L1 plays
/// @notice A step is a stretch of an execution between two turns of L1: L1 does something (calls a proxy, or a call made
/// for a rollup returns), rollups act among themselves, and an action addressed to L1 follows. Packed, since each byte
/// costs 200 gas when stored as code:
///
///     opening  rootCount(2)  root*            step          first step of an execution; what L1 does is known
///     record   length(3)     contents(length)
///     step     [expected(32)] effectCount(2)  effect*  next      `expected` stands in all steps but the first
///     root     rollup(8)     root(32)
///     effect   rollup(8)     flags(1)  [root(32)]  [debit(16)]  [credit(16)]
///                            flags: 1 new root, 2 debit, 4 credit, 8 falls asleep in an outgoing call or wakes from it
///     next     flags(1)      [from(8) sender(20) [value(16)] target(20)]  data (to the end of the record)
///                            flags: 1 CALL (else RESULT), 2 failed, 4 static, 8 value, 16 ends the execution
library Steps {
    uint8 internal constant NEW_ROOT = 1;
    uint8 internal constant DEBIT = 2;
    uint8 internal constant CREDIT = 4;
    uint8 internal constant SLEEP_OR_WAKE = 8;

    uint8 internal constant IS_CALL = 1;
    uint8 internal constant IS_FAILED = 2;
    uint8 internal constant IS_STATIC = 4;
    uint8 internal constant HAS_VALUE = 8;
    uint8 internal constant IS_LAST = 16;

    uint256 internal constant LENGTH_BYTES = 3;

    /// The greatest code object (EIP-170), less the STOP byte that keeps it from being executed.
    uint256 internal constant MAX_TABLE_BYTES = 24_575;

    // Counts and lengths below fit their fields, since what they count is in the encoding, and {Executions.plan} refuses
    // encodings that do not fit one code object.

    function rootCount(uint256 count) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(count));
    }

    function root(ChainId rollup, StateRoot value) internal pure returns (bytes memory) {
        return abi.encodePacked(rollup, value);
    }

    function effectCount(uint256 count) internal pure returns (bytes memory) {
        return abi.encodePacked(uint16(count));
    }

    /// Empty if nothing happens to the rollup. Sums of many values can exceed 128 bits, each of them cannot: a sum cut
    /// short would let a rollup send what it does not have.
    function effect(
        ChainId rollup,
        bool hasNewRoot,
        StateRoot newRoot,
        bool sleepsOrWakes,
        uint256 debit,
        uint256 credit
    ) internal pure returns (bytes memory encoded) {
        if (debit > type(uint128).max) revert IRollups.ValueTooLarge(debit);
        if (credit > type(uint128).max) revert IRollups.ValueTooLarge(credit);
        uint8 flags =
            (hasNewRoot ? NEW_ROOT : 0) |
                (debit != 0 ? DEBIT : 0) |
                (credit != 0 ? CREDIT : 0) |
                (sleepsOrWakes ? SLEEP_OR_WAKE : 0);
        if (flags == 0) return encoded;
        encoded = abi.encodePacked(rollup, flags);
        if (hasNewRoot) encoded = abi.encodePacked(encoded, newRoot);
        if (debit != 0) encoded = abi.encodePacked(encoded, uint128(debit));
        if (credit != 0) encoded = abi.encodePacked(encoded, uint128(credit));
    }

    /// The action addressed to L1 that ends a step.
    function next(Action memory action, bool isLast) internal pure returns (bytes memory) {
        bool isCall = action.kind == CALL;
        uint8 flags =
            (isCall ? IS_CALL : 0) |
                (action.failed ? IS_FAILED : 0) |
                (action.isStatic ? IS_STATIC : 0) |
                (action.value != 0 ? HAS_VALUE : 0) |
                (isLast ? IS_LAST : 0);
        if (!isCall) return abi.encodePacked(flags, action.data);
        if (action.value == 0) {
            return abi.encodePacked(flags, action.from, action.sender, action.target, action.data);
        }
        return abi.encodePacked(flags, action.from, action.sender, action.value, action.target, action.data);
    }

    function record(bytes memory contents) internal pure returns (bytes memory) {
        return abi.encodePacked(uint24(contents.length), contents);
    }

    /// Reads a big-endian number of `size` ≤ 32 bytes. Bounds are not checked: records are written by this contract alone.
    function read(bytes memory data, uint256 at, uint256 size) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, size)), mload(add(add(data, 32), at)))
        }
    }

    /// The bytes from `at` to the end.
    function tail(bytes memory data, uint256 at) internal pure returns (bytes memory rest) {
        uint256 length = data.length - at;
        rest = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(rest, 32), add(add(data, 32), at), length)
        }
    }
}
