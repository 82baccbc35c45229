// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {Action, ChainId, hashGivenAction, StateRoot} from "../interfaces/Actions.sol";
import {CanonicalBatch} from "./CanonicalBatch.sol";
import {Steps} from "../table/Steps.sol";
import {Fork, Standing, Standings, StepLog, Track, Tracks, Walks} from "./Walk.sol";

/// @title What the walk leaves for L1 to play
/// @notice Sums up what changed since the step began and writes it in the encoding of {Steps}.
/// @dev Numbers here are places in memory, sums of lengths of what is there, and sums of Ether of which each
/// part has 128 bits: arithmetic needs no checks.
library StepWriter {
    using CanonicalBatch for *;

    /// Bytes of a step at most, without its effects and data; the last 32 are room for the last field's word.
    uint256 private constant MAX_STEP_BYTES = 4 + 32 + 1 + 3 + 9 + 20 + 33 + 20 + 4 + 32;
    uint256 private constant MAX_EFFECT_BYTES = 1 + 9 + 32 + 33 + 33;
    uint256 private constant MAX_ROOT_BYTES = 9 + 32;

    function begin(StepLog memory log, uint256 actionCount) internal pure {
        log.records = Walks.newRecords(actionCount);
        log.recordCount = log.size = 0;
        log.hasExpected = log.hasAlternative = false;
    }

    /// The step that begins is one that L1 begins with this action.
    function expect(StepLog memory log, Action calldata action) internal pure {
        log.expected = hashGivenAction(action);
        log.hasExpected = true;
    }

    /// Ends the step with a call to L1.
    /// @param omitsEffects The step has no effects: in a static call L1 cannot take note of any.
    /// @param frames How many frames L1 opens around it.
    function closeWithCall(
        StepLog memory log,
        Tracks memory tracks,
        Action calldata action,
        bool omitsEffects,
        uint256 frames
    ) internal pure {
        bytes calldata data = action.dataOf();
        (bytes memory record, uint256 at) = _begin(log, tracks, data.length);
        at = omitsEffects ? _put(at, 0, 1) : _putEffects(tracks, at);
        uint128 value = action.valueOf();
        uint256 flags =
            Steps.IS_CALL |
                (action.isStaticCall() ? Steps.IS_STATIC : 0) |
                (value != 0 ? Steps.HAS_VALUE : 0);
        uint32 forCallee = action.gasOf();
        if (forCallee != 0) flags |= Steps.HAS_GAS;
        at = _putFlags(at, flags, frames);
        at = _putChain(at, action.fromOf());
        at = _put(at, uint160(action.senderOf()), 20);
        if (value != 0) at = _putNumber(at, value);
        at = _put(at, uint160(action.targetOf()), 20);
        if (forCallee != 0) at = _put(at, forCallee, 4);
        _end(log, record, _putData(at, data));
    }

    /// Ends the step with a RESULT for L1.
    /// @param isLast It ends the execution.
    /// @param isDead L1 undoes what leads here.
    /// @param ending Number of the ending, if it is one.
    function closeWithResult(
        StepLog memory log,
        Tracks memory tracks,
        Action calldata action,
        bool omitsEffects,
        bool isLast,
        bool isDead,
        uint256 ending
    ) internal pure {
        bytes calldata data = action.dataOf();
        (bytes memory record, uint256 at) = _begin(log, tracks, data.length);
        at = omitsEffects ? _put(at, 0, 1) : _putEffects(tracks, at);
        uint256 flags =
            (isLast ? Steps.IS_LAST : 0) |
                (isDead ? Steps.IS_DEAD : 0) |
                (action.hasFailed() ? Steps.IS_FAILED : 0);
        at = _putFlags(at, flags, ending);
        _end(log, record, _putData(at, data));
    }

    /// Ends the step with an undoing. Of its effects all will be reverted at once: nothing but whether the
    /// rollups have what they sent matters.
    /// @param frames How many frames L1 reverts.
    function closeWithUndoing(StepLog memory log, Tracks memory tracks, uint256 frames) internal pure {
        (bytes memory record, uint256 at) = _begin(log, tracks, 0);
        uint256 countAt = at;
        uint256 count = 0;
        at = _put(at, 0, 1);
        for (uint256 i = 0; i < tracks.count; i++) {
            Track memory track = tracks.list[i];
            int256 shortfall = track.standing.shortfall;
            if (shortfall == 0) continue;
            at = _putEffect(at, Steps.DEBIT, track, uint256(shortfall), 0);
            count++;
        }
        _putCount(countAt, count);
        _end(log, record, _putFlags(at, Steps.IS_UNDOING, frames));
        log.hasExpected = false;
    }

    /// Roots that must hold before the execution starts, in the encoding of {Steps}.
    /// @param first The first rollup whose root matters.
    function roots(Tracks memory tracks, uint256 first) internal pure returns (bytes memory encoded) {
        uint256 count = tracks.count - first;
        encoded = new bytes(1 + count * MAX_ROOT_BYTES);
        uint256 at;
        assembly ("memory-safe") {
            at := add(encoded, 32)
        }
        _putCount(at, count);
        at++;
        for (uint256 i = first; i < tracks.count; i++) {
            Track memory track = tracks.list[i];
            at = _putChain(at, track.rollup);
            at = _put(at, uint256(StateRoot.unwrap(track.firstRoot)), 32);
        }
        _cut(encoded, at);
    }

    /// Says in the record of the alternative before how far the next one is, which starts here.
    function link(StepLog memory log, Fork memory fork) internal pure {
        bytes memory record = log.records[fork.record];
        uint256 distance = log.size - fork.start;
        record[2] = bytes1(uint8(distance >> 8));
        record[3] = bytes1(uint8(distance));
    }

    // ----------------------------------------------------------------------------------------------- records

    /// @return record Room for the record, to be filled from `at` on.
    function _begin(
        StepLog memory log,
        Tracks memory tracks,
        uint256 dataLength
    ) private pure returns (bytes memory record, uint256 at) {
        unchecked {
            if (dataLength > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(dataLength);
            record = new bytes(
                MAX_STEP_BYTES + tracks.count * MAX_EFFECT_BYTES + dataLength + dataLength / 32 + 1
            );
            assembly ("memory-safe") {
                at := add(record, 32)
            }
            if (log.recordCount == 0) return (record, at);
            at += log.hasAlternative ? 4 : 2;
            if (log.hasExpected) at = _put(at, uint256(log.expected), 32);
        }
    }

    /// @param end Where the record ends.
    function _end(StepLog memory log, bytes memory record, uint256 end) private pure {
        unchecked {
            _cut(record, end);
            uint256 number = log.recordCount++;
            log.records[number] = record;
            uint256 length = record.length;
            if (number != 0) {
                log.size += length;
                if (log.hasAlternative) length += Steps.HAS_ALTERNATIVE - 4;
                else length -= 2;
                log.hasAlternative = false;
                assembly ("memory-safe") {
                    mstore8(add(record, 32), shr(8, length))
                    mstore8(add(record, 33), length)
                }
            }
            // So lengths and distances fit their fields.
            uint256 size = log.size + (number == 0 ? length : 0);
            if (size > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(size);
        }
    }

    function _cut(bytes memory data, uint256 end) private pure {
        assembly ("memory-safe") {
            mstore(data, sub(sub(end, data), 32))
        }
    }

    // ----------------------------------------------------------------------------------------------- effects

    /// What the rollups are now, L1 knows when it has played the step.
    function _putEffects(Tracks memory tracks, uint256 at) private pure returns (uint256) {
        unchecked {
            uint256 countAt = at;
            uint256 count = 0;
            at = _put(at, 0, 1);
            uint256 trackCount = tracks.count;
            for (uint256 i = 0; i < trackCount; i++) {
                Track memory track = tracks.list[i];
                Standing memory standing = track.standing;
                uint256 flags = 0;
                StateRoot root = standing.root;
                if (root != standing.l1Root) {
                    if (Standings.rootOf(track, root) != Standings.rootOf(track, standing.l1Root))
                        flags = Steps.NEW_ROOT;
                    standing.l1Root = root;
                }
                if (standing.isOpen != standing.l1IsOpen) {
                    flags |= Steps.TOGGLES_SUSPENSION;
                    standing.l1IsOpen = standing.isOpen;
                }
                int256 shortfall = standing.shortfall;
                // The shortfall is paid in front, so the rest is not negative.
                uint256 credit = uint256(standing.balance - standing.l1Balance + shortfall);
                if (shortfall != 0) flags |= Steps.DEBIT;
                if (credit != 0) flags |= Steps.CREDIT;
                if (flags == 0) continue;
                standing.l1Balance = standing.balance;
                standing.shortfall = 0;
                at = _putEffect(at, flags, track, uint256(shortfall), credit);
                count++;
            }
            _putCount(countAt, count);
            return at;
        }
    }

    /// Sums of many values can exceed 128 bits, each of them cannot: a sum cut short would let a rollup send
    /// what it does not have.
    function _putEffect(
        uint256 at,
        uint256 flags,
        Track memory track,
        uint256 debit,
        uint256 credit
    ) private pure returns (uint256) {
        if (debit > type(uint128).max) revert IRollups.ValueTooLarge(debit);
        if (credit > type(uint128).max) revert IRollups.ValueTooLarge(credit);
        at = _put(at, flags, 1);
        at = _putChain(at, track.rollup);
        if (flags & Steps.NEW_ROOT != 0) {
            at = _put(at, uint256(StateRoot.unwrap(Standings.rootOf(track, track.standing.root))), 32);
        }
        if (flags & Steps.DEBIT != 0) at = _putNumber(at, debit);
        if (flags & Steps.CREDIT != 0) at = _putNumber(at, credit);
        return at;
    }

    function _putCount(uint256 at, uint256 count) private pure {
        if (count > type(uint8).max) revert IRollups.TooManyRollups(count);
        assembly ("memory-safe") {
            mstore8(at, count)
        }
    }

    // ------------------------------------------------------------------------------------------------ fields

    function _putFlags(uint256 at, uint256 flags, uint256 count) private pure returns (uint256) {
        if (count == 0) return _put(at, flags, 1);
        if (count > type(uint16).max) revert IRollups.TableTooLarge(count);
        return _put(_put(at, flags | Steps.HAS_COUNT, 1), count, 2);
    }

    function _putChain(uint256 at, ChainId chain) private pure returns (uint256) {
        uint256 id = ChainId.unwrap(chain);
        return id < Steps.LONG_CHAIN ? _put(at, id, 1) : _put(_put(at, Steps.LONG_CHAIN, 1), id, 8);
    }

    function _putData(uint256 at, bytes calldata data) private pure returns (uint256) {
        unchecked {
            uint256 length = data.length;
            if (length == 0) return at;
            uint256 head = length % 32;
            assembly ("memory-safe") {
                mstore8(at, head)
                calldatacopy(add(at, 1), data.offset, head)
            }
            at += 1 + head;
            for (uint256 i = head; i < length; i += 32) {
                uint256 word;
                assembly ("memory-safe") {
                    word := calldataload(add(data.offset, i))
                }
                at = _putNumber(at, word);
            }
            return at;
        }
    }

    /// A number without its leading zero bytes, after how many are left.
    function _putNumber(uint256 at, uint256 value) private pure returns (uint256 next) {
        assembly ("memory-safe") {
            // Bits below the highest byte that is not zero, by halving.
            let bits := shl(7, lt(0xffffffffffffffffffffffffffffffff, value))
            bits := or(bits, shl(6, lt(0xffffffffffffffff, shr(bits, value))))
            bits := or(bits, shl(5, lt(0xffffffff, shr(bits, value))))
            bits := or(bits, shl(4, lt(0xffff, shr(bits, value))))
            bits := or(bits, shl(3, lt(0xff, shr(bits, value))))
            let size := add(shr(3, bits), iszero(iszero(value)))
            mstore8(at, size)
            mstore(add(at, 1), shl(sub(256, shl(3, size)), value))
            next := add(add(at, 1), size)
        }
    }

    /// Writes a number of `size` bytes, and zeros after it up to a word: there is room, and what comes next
    /// overwrites them.
    function _put(uint256 at, uint256 value, uint256 size) private pure returns (uint256 next) {
        assembly ("memory-safe") {
            mstore(at, shl(sub(256, shl(3, size)), value))
            next := add(at, size)
        }
    }
}
