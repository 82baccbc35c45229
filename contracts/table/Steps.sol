// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Encoding of what L1 plays
/// @notice A step is a stretch of an execution between two turns of L1: L1 does something (calls a proxy, or
/// a call made for a rollup returns), rollups act among themselves, and an action addressed to L1 follows, or
/// an undoing that reverts frames of L1. Packed, since 31 bytes take a slot of storage, 5,000 gas to write
/// and 2,100 to read:
///
///     opening  rootCount(1)  root*          step          first step of an execution; what L1 does is known
///     record   length(2)     [distance(2)]  contents(length)
///              length: bit 15 = another alternative of the same turn starts `distance` after this start
///     step     [expected(32)] effectCount(1)  effect*  next
///              `expected` stands in all steps but the first and those after an undoing
///     root     chain         root(32)
///     effect   flags(1)      chain          [root(32)]    [debit]      [credit]
///              flags: 1 new root, 2 debit, 4 credit, 8 is suspended in an outgoing call, or no longer
///     next     flags(1)      [count(2)]     [from(chain) sender(20) [value] target(20) [gas(4)]]      data
///              flags: 1 CALL (else RESULT), 2 failed (of a CALL: gas), 4 static, 8 value,
///              16 ends the execution, 32 L1 undoes what leads here, whatever follows, 64 undoing, 128 count
///              count: frames to open around a CALL, number of the ending, frames that an undoing reverts;
///              0 if left out
///     chain    id(1) or 0xff id(8)
///     debit, credit, value: number
///     data     [head(1) head of so many bytes, number*, to the end of the record]: nothing for no data, else
///              length % 32 bytes as they are (a selector, mostly), then words, in which zeros in front are
///              mostly many
///     number   size(1) so many bytes
///
/// A record is followed by the first record of the turn after it, an undoing's by that of the step which goes
/// on.
library Steps {
    uint256 internal constant HAS_ALTERNATIVE = 1 << 15;

    uint256 internal constant NEW_ROOT = 1;
    uint256 internal constant DEBIT = 2;
    uint256 internal constant CREDIT = 4;
    uint256 internal constant TOGGLES_SUSPENSION = 8;

    uint256 internal constant IS_CALL = 1;
    uint256 internal constant IS_FAILED = 2;
    /// Of a CALL, which cannot have failed.
    uint256 internal constant HAS_GAS = 2;
    uint256 internal constant IS_STATIC = 4;
    uint256 internal constant HAS_VALUE = 8;
    uint256 internal constant IS_LAST = 16;
    uint256 internal constant IS_DEAD = 32;
    uint256 internal constant IS_UNDOING = 64;
    uint256 internal constant HAS_COUNT = 128;

    uint256 internal constant LONG_CHAIN = 0xff;

    /// The greatest table: lengths of records have 15 bits, and consuming reads only what it needs of it.
    uint256 internal constant MAX_TABLE_BYTES = 24_575;

    /// Reads a big-endian number of `size` ≤ 32 bytes, 0 for none. Bounds are not checked: records are
    /// written by {StepWriter} alone.
    function read(bytes memory data, uint256 at, uint256 size) internal pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, size)), mload(add(add(data, 32), at)))
        }
    }

    /// @return id A chain's id.
    /// @return next Offset just after it.
    function readChain(bytes memory data, uint256 at) internal pure returns (uint64 id, uint256 next) {
        id = uint64(read(data, at, 1));
        if (id != LONG_CHAIN) return (id, at + 1);
        return (uint64(read(data, at + 1, 8)), at + 9);
    }

    /// @return value A number.
    /// @return next Offset just after it.
    function readNumber(bytes memory data, uint256 at) internal pure returns (uint256 value, uint256 next) {
        uint256 size = read(data, at, 1);
        return (read(data, at + 1, size), at + 1 + size);
    }

    /// Data that stands from `at` to the end, after `prefix` bytes to be taken as they are and `gap` ≤ 32
    /// zeros that do not stand there.
    function readData(
        bytes memory record,
        uint256 at,
        uint256 prefix,
        uint256 gap
    ) internal pure returns (bytes memory data) {
        assembly ("memory-safe") {
            data := mload(0x40)
            let from := add(add(record, 32), at)
            let end := add(add(record, 32), mload(record))
            let to := add(data, 32)
            mcopy(to, from, prefix)
            from := add(from, prefix)
            to := add(to, prefix)
            mstore(to, 0)
            to := add(to, gap)
            if lt(from, end) {
                let head := byte(0, mload(from))
                mcopy(to, add(from, 1), head)
                from := add(add(from, 1), head)
                to := add(to, head)
                for {} lt(from, end) {} {
                    let size := byte(0, mload(from))
                    mstore(to, shr(sub(256, shl(3, size)), mload(add(from, 1))))
                    from := add(add(from, 1), size)
                    to := add(to, 32)
                }
            }
            mstore(data, sub(sub(to, data), 32))
            mstore(0x40, and(add(to, 31), not(31)))
        }
    }
}
