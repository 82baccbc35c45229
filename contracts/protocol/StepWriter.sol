// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {IRollups} from "../interfaces/IRollups.sol";
import {Action, ChainId, StateRoot} from "./Actions.sol";
import {Steps} from "./Steps.sol";
import {Fork, Standing, Track, Walk, Walks} from "./Walk.sol";

/// @title What the walk leaves for L1 to play
/// @notice Sums up what changed since the step began and writes it in the encoding of {Steps}.
library StepWriter {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    /// Bytes of a step at most, without its effects and data; 32 of them are room for the last field's word.
    uint256 private constant MAX_STEP_BYTES = 4 + 32 + 1 + 3 + 9 + 20 + 16 + 20 + 32;
    uint256 private constant MAX_EFFECT_BYTES = 1 + 9 + 32 + 16 + 16;
    uint256 private constant MAX_ROOT_BYTES = 9 + 32;

    /// Ends the step with a call to L1.
    /// @param frames How many frames L1 opens around it.
    function closeWithCall(
        Walk memory walk,
        Action calldata action,
        bool isQuiet,
        uint256 frames
    ) internal pure {
        bytes calldata data = action.data;
        (bytes memory record, uint256 at) = _begin(walk, data.length);
        at = isQuiet ? _put(at, 0, 1) : _putEffects(walk, at);
        uint128 value = action.value;
        uint256 flags =
            Steps.IS_CALL | (action.isStatic ? Steps.IS_STATIC : 0) | (value != 0 ? Steps.HAS_VALUE : 0);
        at = _putFlags(at, flags, frames);
        at = _putChain(at, action.from);
        at = _put(at, uint160(action.sender), 20);
        if (value != 0) at = _put(at, value, 16);
        at = _put(at, uint160(action.target), 20);
        _end(walk, record, _putData(at, data));
    }

    /// Ends the step with a RESULT for L1.
    /// @param flags {Steps.IS_LAST}, {Steps.IS_DEAD}.
    /// @param ending Number of the ending, if it is one.
    function closeWithResult(
        Walk memory walk,
        Action calldata action,
        bool isQuiet,
        uint256 flags,
        uint256 ending
    ) internal pure {
        bytes calldata data = action.data;
        (bytes memory record, uint256 at) = _begin(walk, data.length);
        at = isQuiet ? _put(at, 0, 1) : _putEffects(walk, at);
        at = _putFlags(at, flags | (action.failed ? Steps.IS_FAILED : 0), ending);
        _end(walk, record, _putData(at, data));
    }

    /// Ends the step with an undoing. Of its effects all will be reverted at once: nothing but whether the rollups have
    /// what they sent matters.
    /// @param frames How many frames L1 reverts.
    function closeWithUndoing(Walk memory walk, uint256 frames) internal pure {
        (bytes memory record, uint256 at) = _begin(walk, 0);
        uint256 countAt = at;
        uint256 count = 0;
        at = _put(at, 0, 1);
        for (uint256 i = 0; i < walk.trackCount; i++) {
            Track memory track = walk.tracks[i];
            int256 lack = track.standing.lack;
            if (lack == 0) continue;
            at = _putEffect(at, Steps.DEBIT, track, uint256(lack), 0);
            count++;
        }
        _putCount(countAt, count);
        _end(walk, record, _putFlags(at, Steps.IS_UNDOING, frames));
        walk.hasExpected = false;
    }

    /// Roots that must hold before the execution starts, in the encoding of {Steps}.
    /// @param first The first rollup whose root matters.
    function roots(Track[] memory tracks, uint256 first) internal pure returns (bytes memory encoded) {
        uint256 count = tracks.length - first;
        encoded = new bytes(1 + count * MAX_ROOT_BYTES);
        uint256 at;
        assembly ("memory-safe") {
            at := add(encoded, 32)
        }
        _putCount(at, count);
        at++;
        for (uint256 i = first; i < tracks.length; i++) {
            at = _putChain(at, tracks[i].rollup);
            at = _put(at, uint256(StateRoot.unwrap(tracks[i].firstRoot)), 32);
        }
        assembly ("memory-safe") {
            mstore(encoded, sub(sub(at, encoded), 32))
        }
    }

    /// Says in the record of the alternative before how far the next one is, which starts here.
    function link(Walk memory walk, Fork memory fork) internal pure {
        bytes memory rest = walk.rest.data;
        uint256 distance = rest.length - fork.record;
        uint256 at = fork.record + 2;
        rest[at] = bytes1(uint8(distance >> 8));
        rest[at + 1] = bytes1(uint8(distance));
    }

    // ---------------------------------------------------------------------------------------------------------- records

    /// @return record Room for the record, to be filled from `at` on.
    function _begin(
        Walk memory walk,
        uint256 dataLength
    ) private pure returns (bytes memory record, uint256 at) {
        if (dataLength > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(dataLength);
        record = new bytes(MAX_STEP_BYTES + walk.trackCount * MAX_EFFECT_BYTES + dataLength);
        assembly ("memory-safe") {
            at := add(record, 32)
        }
        if (walk.firstStep.length == 0) return (record, at);
        at += walk.hasAlternative ? 4 : 2;
        if (walk.hasExpected) at = _put(at, uint256(walk.expected), 32);
    }

    /// @param end Where the record ends.
    function _end(Walk memory walk, bytes memory record, uint256 end) private pure {
        assembly ("memory-safe") {
            mstore(record, sub(sub(end, record), 32))
        }
        if (walk.firstStep.length == 0) {
            walk.firstStep = record;
            return;
        }
        uint256 length = record.length - (walk.hasAlternative ? 4 : 2);
        if (walk.hasAlternative) length |= Steps.HAS_ALTERNATIVE;
        walk.hasAlternative = false;
        record[0] = bytes1(uint8(length >> 8));
        record[1] = bytes1(uint8(length));
        walk.rest.p(record);
        // So lengths and distances fit their fields.
        uint256 size = walk.rest.length();
        if (size > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(size);
    }

    // ---------------------------------------------------------------------------------------------------------- effects

    /// What the rollups are now, L1 knows when it has played the step.
    function _putEffects(Walk memory walk, uint256 at) private pure returns (uint256) {
        uint256 countAt = at;
        uint256 count = 0;
        at = _put(at, 0, 1);
        for (uint256 i = 0; i < walk.trackCount; i++) {
            Track memory track = walk.tracks[i];
            Standing memory standing = track.standing;
            uint256 flags = 0;
            StateRoot root = Walks.rootOf(track, standing.root);
            if (root != Walks.rootOf(track, standing.l1Root)) flags = Steps.NEW_ROOT;
            if (standing.isOpen != standing.l1IsOpen) flags |= Steps.SLEEP_OR_WAKE;
            int256 lack = standing.lack;
            // What is lacking at worst is paid in front, so the rest is not negative.
            uint256 credit = uint256(standing.balance - standing.l1Balance + lack);
            if (lack != 0) flags |= Steps.DEBIT;
            if (credit != 0) flags |= Steps.CREDIT;
            standing.l1Root = standing.root;
            standing.l1IsOpen = standing.isOpen;
            standing.l1Balance = standing.balance;
            standing.lack = 0;
            if (flags == 0) continue;
            at = _putEffect(at, flags, track, uint256(lack), credit);
            count++;
        }
        _putCount(countAt, count);
        return at;
    }

    /// Sums of many values can exceed 128 bits, each of them cannot: a sum cut short would let a rollup send what it does
    /// not have.
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
            at = _put(at, uint256(StateRoot.unwrap(Walks.rootOf(track, track.standing.root))), 32);
        }
        if (flags & Steps.DEBIT != 0) at = _put(at, debit, 16);
        if (flags & Steps.CREDIT != 0) at = _put(at, credit, 16);
        return at;
    }

    function _putCount(uint256 at, uint256 count) private pure {
        if (count > type(uint8).max) revert IRollups.TooManyRollups(count);
        assembly ("memory-safe") {
            mstore8(at, count)
        }
    }

    // ----------------------------------------------------------------------------------------------------------- fields

    function _putFlags(uint256 at, uint256 flags, uint256 count) private pure returns (uint256) {
        if (count == 0) return _put(at, flags, 1);
        // Each frame was announced, and each ending made, by calldata of 32 bytes and more, but for frames that one mark
        // announces.
        if (count > type(uint16).max) revert IRollups.TableTooLarge(count);
        return _put(_put(at, flags | Steps.HAS_COUNT, 1), count, 2);
    }

    function _putChain(uint256 at, ChainId chain) private pure returns (uint256) {
        uint256 id = ChainId.unwrap(chain);
        return id < Steps.LONG_CHAIN ? _put(at, id, 1) : _put(_put(at, Steps.LONG_CHAIN, 1), id, 8);
    }

    function _putData(uint256 at, bytes calldata data) private pure returns (uint256) {
        assembly ("memory-safe") {
            calldatacopy(at, data.offset, data.length)
        }
        return at + data.length;
    }

    /// Writes a number of `size` bytes, and zeros after it up to a word: there is room, and what comes next overwrites them.
    function _put(uint256 at, uint256 value, uint256 size) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(at, shl(sub(256, shl(3, size)), value))
        }
        return at + size;
    }
}
