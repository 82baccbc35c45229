// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {Action, Batch, ChainId, Execution, Mark, Visit} from "../interfaces/Actions.sol";

/// An execution in calldata, where it can be kept in memory.
type ExecutionRef is uint256;

using CanonicalBatch for ExecutionRef global;

/// @title The one form that a batch has in calldata
/// @notice Solidity follows offsets wherever they point, other decoders do not, and an account that passes a
/// batch on could change bytes that mean nothing. So calldata of `postBatch` must be, byte for byte, what
/// `abi.encodeCall(postBatch, (batch))` gives: everything stands in the order of its declaration, each part
/// begins where the one before it ends, the last one ends the calldata, bytes without meaning are zero, and
/// numbers fit their types.
/// @dev Walks the calldata once. What {read} has accepted, the functions after it find without looking at an
/// offset again, and read without looking at what numbers have no room for. A length is refused if it exceeds
/// that of all calldata, and what is looked at beyond the end is found to be so at the latest at the end, so
/// places do not overflow.
///
/// Of the functions in between: `at` is the place, in the planner's calldata, where something should stand,
/// `start` and `end` are where the message starts and ends, and `next` is where the next thing should stand.
/// `wrong` collects bits that should not be set.
library CanonicalBatch {
    // Bytes of what stands in place. Offsets are the last words of it, and the first one leads just behind
    // it.
    uint256 private constant BATCH_HEAD = 4 * 32;
    uint256 private constant EXECUTION_HEAD = 3 * 32;
    uint256 private constant ACTION_HEAD = 10 * 32;
    uint256 private constant PROOF_HEAD = 4 * 32;
    // Of what has no offsets.
    uint256 private constant VISIT_BYTES = 3 * 32;
    uint256 private constant MARK_BYTES = 3 * 32;

    /// @param message Calldata of `postBatch`.
    /// @return batch The argument.
    function read(bytes calldata message) internal pure returns (Batch calldata batch) {
        unchecked {
            uint256 start = _placeOf(message);
            uint256 end = start + message.length;
            if (message.length < 4 || bytes4(message) != IRollups.postBatch.selector) _refuse(start, start);
            uint256 at = start + 4;
            if (_wordAt(at) != 32) _refuse(at, start);
            at += 32;
            batch = _batchAt(at);
            uint256 wrong = _beyond(at, 64) | _beyond(at + 32, 8) | (_wordAt(at + 64) ^ BATCH_HEAD);
            if (wrong != 0) _refuse(at, start);
            uint256 proofs = _checkExecutions(at + BATCH_HEAD, end, start);
            if (_wordAt(at + 96) != proofs - at) _refuse(at, start);
            uint256 last = _checkProofs(proofs, end, start);
            if (last != end) _refuse(last, start);
        }
    }

    // ------------------------------------------------------------------------------------- what was accepted

    function executionsOf(Batch calldata batch) internal pure returns (Execution[] calldata executions) {
        assembly ("memory-safe") {
            executions.offset := add(batch, add(BATCH_HEAD, 32))
            executions.length := calldataload(add(batch, BATCH_HEAD))
        }
    }

    function executionAt(
        Execution[] calldata executions,
        uint256 index
    ) internal pure returns (Execution calldata execution) {
        assembly ("memory-safe") {
            execution := add(executions.offset, calldataload(add(executions.offset, shl(5, index))))
        }
    }

    function actionsOf(Execution calldata execution) internal pure returns (Action[] calldata actions) {
        assembly ("memory-safe") {
            actions.offset := add(execution, add(EXECUTION_HEAD, 32))
            actions.length := calldataload(add(execution, EXECUTION_HEAD))
        }
    }

    function actionAt(
        Action[] calldata actions,
        uint256 index
    ) internal pure returns (Action calldata action) {
        assembly ("memory-safe") {
            action := add(actions.offset, calldataload(add(actions.offset, shl(5, index))))
        }
    }

    /// @return action The first one; what is there instead if there is none must not be read.
    function firstOf(Action[] calldata actions) internal pure returns (Action calldata action) {
        assembly ("memory-safe") {
            action := add(actions.offset, shl(5, actions.length))
        }
    }

    /// @return next The action after another one, or what stands there instead.
    function nextOf(Action calldata action) internal pure returns (Action calldata next) {
        assembly ("memory-safe") {
            let length := calldataload(add(action, ACTION_HEAD))
            next := add(add(action, add(ACTION_HEAD, 32)), and(add(length, 31), not(31)))
        }
    }

    function refTo(Execution calldata execution) internal pure returns (ExecutionRef ref) {
        assembly ("memory-safe") {
            ref := execution
        }
    }

    function get(ExecutionRef ref) internal pure returns (Execution calldata execution) {
        assembly ("memory-safe") {
            execution := ref
        }
    }

    function dataOf(Action calldata action) internal pure returns (bytes calldata data) {
        assembly ("memory-safe") {
            data.offset := add(action, add(ACTION_HEAD, 32))
            data.length := calldataload(add(action, ACTION_HEAD))
        }
    }

    // Fields of an action, which Solidity would check each time they are read.

    function kindOf(Action calldata action) internal pure returns (uint8 kind) {
        assembly ("memory-safe") {
            kind := calldataload(action)
        }
    }

    function fromOf(Action calldata action) internal pure returns (ChainId chain) {
        assembly ("memory-safe") {
            chain := calldataload(add(action, 0x20))
        }
    }

    function toOf(Action calldata action) internal pure returns (ChainId chain) {
        assembly ("memory-safe") {
            chain := calldataload(add(action, 0x40))
        }
    }

    function senderOf(Action calldata action) internal pure returns (address sender) {
        assembly ("memory-safe") {
            sender := calldataload(add(action, 0x60))
        }
    }

    function targetOf(Action calldata action) internal pure returns (address target) {
        assembly ("memory-safe") {
            target := calldataload(add(action, 0x80))
        }
    }

    function valueOf(Action calldata action) internal pure returns (uint128 value) {
        assembly ("memory-safe") {
            value := calldataload(add(action, 0xa0))
        }
    }

    function hasFailed(Action calldata action) internal pure returns (bool failed) {
        assembly ("memory-safe") {
            failed := calldataload(add(action, 0xc0))
        }
    }

    function isStaticCall(Action calldata action) internal pure returns (bool isStatic) {
        assembly ("memory-safe") {
            isStatic := calldataload(add(action, 0xe0))
        }
    }

    function gasOf(Action calldata action) internal pure returns (uint32 gasLimit) {
        assembly ("memory-safe") {
            gasLimit := calldataload(add(action, 0x100))
        }
    }

    function visitsOf(Execution calldata execution) internal pure returns (Visit[] calldata visits) {
        assembly ("memory-safe") {
            let place := add(execution, calldataload(add(execution, 32)))
            visits.offset := add(place, 32)
            visits.length := calldataload(place)
        }
    }

    function marksOf(Execution calldata execution) internal pure returns (Mark[] calldata marks) {
        assembly ("memory-safe") {
            let place := add(execution, calldataload(add(execution, 64)))
            marks.offset := add(place, 32)
            marks.length := calldataload(place)
        }
    }

    // ------------------------------------------------------------------------------------------------ checks

    function _checkExecutions(uint256 at, uint256 end, uint256 start) private pure returns (uint256 next) {
        unchecked {
            uint256 first = at + 32;
            next = first + 32 * _countAt(at, end, start);
            uint256 last = next;
            for (uint256 head = first; head < last; head += 32) {
                at = next;
                uint256 wrong = (_wordAt(head) ^ (at - first)) | (_wordAt(at) ^ EXECUTION_HEAD);
                uint256 visits = _checkActions(at + EXECUTION_HEAD, end, start);
                wrong |= _wordAt(at + 32) ^ (visits - at);
                uint256 marks = _checkVisits(visits, end, start);
                wrong |= _wordAt(at + 64) ^ (marks - at);
                if (wrong != 0) _refuse(at, start);
                next = _checkMarks(marks, end, start);
            }
        }
    }

    function _checkActions(uint256 at, uint256 end, uint256 start) private pure returns (uint256 next) {
        unchecked {
            uint256 first = at + 32;
            next = first + 32 * _countAt(at, end, start);
            uint256 last = next;
            for (uint256 head = first; head < last; head += 32) {
                at = next;
                uint256 length = _wordAt(at + ACTION_HEAD);
                next = at + ACTION_HEAD + 32 + _rounded(length);
                uint256 wrong =
                    (_wordAt(head) ^ (at - first)) | (_wordAt(at + ACTION_HEAD - 32) ^ ACTION_HEAD);
                wrong |= _beyondAction(at) | _padding(next, length);
                if (wrong != 0 || length > end) _refuse(at, start);
            }
        }
    }

    function _checkVisits(uint256 at, uint256 end, uint256 start) private pure returns (uint256 next) {
        unchecked {
            uint256 place = at + 32;
            next = place + VISIT_BYTES * _countAt(at, end, start);
            for (; place < next; place += VISIT_BYTES) if (_beyond(place, 64) != 0) _refuse(place, start);
        }
    }

    function _checkMarks(uint256 at, uint256 end, uint256 start) private pure returns (uint256 next) {
        unchecked {
            uint256 place = at + 32;
            next = place + MARK_BYTES * _countAt(at, end, start);
            for (; place < next; place += MARK_BYTES) {
                uint256 wrong = _beyond(place, 8) | _beyond(place + 32, 32) | _beyond(place + 64, 32);
                if (wrong != 0) _refuse(place, start);
            }
        }
    }

    function _checkProofs(uint256 at, uint256 end, uint256 start) private pure returns (uint256 next) {
        unchecked {
            uint256 first = at + 32;
            next = first + 32 * _countAt(at, end, start);
            uint256 last = next;
            for (uint256 head = first; head < last; head += 32) {
                at = next;
                uint256 wrong = (_wordAt(head) ^ (at - first)) | _beyond(at, 64);
                wrong |= _wordAt(at + 64) ^ PROOF_HEAD;
                uint256 proof = _checkIndices(at + PROOF_HEAD, end, start);
                wrong |= _wordAt(at + 96) ^ (proof - at);
                uint256 length = _wordAt(proof);
                next = proof + 32 + _rounded(length);
                wrong |= _padding(next, length);
                if (wrong != 0 || length > end) _refuse(at, start);
            }
        }
    }

    function _checkIndices(uint256 at, uint256 end, uint256 start) private pure returns (uint256 next) {
        unchecked {
            uint256 place = at + 32;
            next = place + 32 * _countAt(at, end, start);
            uint256 wrong = 0;
            for (; place < next; place += 32) wrong |= _beyond(place, 32);
            if (wrong != 0) _refuse(at, start);
        }
    }

    // ------------------------------------------------------------------------------------------------- words

    /// Of an array: no array has more items than all calldata has bytes.
    function _countAt(uint256 at, uint256 end, uint256 start) private pure returns (uint256 count) {
        count = _wordAt(at);
        if (count > end) _refuse(at, start);
    }

    function _refuse(uint256 at, uint256 start) private pure {
        unchecked {
            revert IRollups.NotCanonicalCalldata(at - start);
        }
    }

    function _wordAt(uint256 at) private pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := calldataload(at)
        }
    }

    /// What of a word a number of so many bits has no room for: 0 if it fits.
    function _beyond(uint256 at, uint256 bits) private pure returns (uint256 beyond) {
        assembly ("memory-safe") {
            beyond := shr(bits, calldataload(at))
        }
    }

    function _beyondAction(uint256 at) private pure returns (uint256 beyond) {
        assembly ("memory-safe") {
            let chains := or(calldataload(add(at, 0x20)), calldataload(add(at, 0x40)))
            let addresses := or(calldataload(add(at, 0x60)), calldataload(add(at, 0x80)))
            let value := calldataload(add(at, 0xa0))
            let flags := or(calldataload(add(at, 0xc0)), calldataload(add(at, 0xe0)))
            beyond := or(shr(8, calldataload(at)), or(shr(64, chains), shr(160, addresses)))
            beyond := or(beyond, or(shr(128, value), shr(1, flags)))
            beyond := or(beyond, shr(32, calldataload(add(at, 0x100))))
        }
    }

    function _rounded(uint256 length) private pure returns (uint256 rounded) {
        assembly ("memory-safe") {
            rounded := and(add(length, 31), not(31))
        }
    }

    /// What stands after bytes in their last word.
    /// @param end Where that word ends.
    function _padding(uint256 end, uint256 length) private pure returns (uint256 padding) {
        assembly ("memory-safe") {
            // Of no bytes the last word is the length, of which nothing is looked at then.
            let bits := shl(3, and(sub(0, length), 31))
            padding := and(calldataload(sub(end, 32)), sub(shl(bits, 1), 1))
        }
    }

    function _placeOf(bytes calldata message) private pure returns (uint256 place) {
        assembly ("memory-safe") {
            place := message.offset
        }
    }

    function _batchAt(uint256 place) private pure returns (Batch calldata batch) {
        assembly ("memory-safe") {
            batch := place
        }
    }
}
