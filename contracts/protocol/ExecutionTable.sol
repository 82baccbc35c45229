// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IRollups} from "../interfaces/IRollups.sol";
import {Steps} from "./Steps.sol";

/// An execution, encoded for the table.
/// @param isTransaction It is an L2 transaction: nothing finds it, and its first step is not stored.
/// @param isStatic It cannot be consumed, and so has no ordinal.
/// @param key What finds it: {Executions.triggerKey}.
/// @param roots Roots that must hold, in the encoding of {Steps}.
/// @param records Its steps, of which the first is without the frame of a record.
/// @param recordCount How many there are.
/// @param size Bytes of all but the first.
/// @param ending Index of the RESULT that answers the trigger, the last one if there are several.
/// @param failed That RESULT is failed.
/// @param offset Where in the table it is, a transaction's second step if it has one.
struct Entry {
    bool isTransaction;
    bool isStatic;
    bytes32 key;
    bytes roots;
    bytes[] records;
    uint256 recordCount;
    uint256 size;
    uint256 ending;
    bool failed;
    uint256 offset;
}

/// @title The executions of one batch that L1 will play, as one code object
/// @notice Offsets count from the first byte of the data (the second of the code):
///
///     header   batch(32)  slotCount(2)  previous(20: table posted before in this block, or 0 …)
///              bit 15 of slotCount: `previous` stands; without it, it is left out
///     index    slotCount × ( key(26: the trigger key's first bytes)  offset(2: of the entry) ), 0 = free
///     entries  call: record of ( ordinal(1) execution(2) opening ), then the records of its other steps
///              transaction: the records of the steps after its first
///
/// The index is an open-addressing hash table with linear probing, a ninth of it free, so that a look-up costs a few
/// code reads however many executions there are. Duplicate keys are kept, in the order of the batch.
library ExecutionTable {
    uint256 private constant HAS_PREVIOUS = 1 << 15;
    uint256 private constant HEADER_BYTES = 34;
    uint256 private constant SLOT_BYTES = 28;
    uint256 private constant KEY_BITS = 208;
    /// Read at once of a table, and of a record.
    uint256 private constant HEAD_BYTES = 224;
    uint256 private constant SHORT_BYTES = 160;
    /// Of an entry in front of its roots.
    uint256 private constant ENTRY_BYTES = 5;
    /// Stands for the ordinal of a static execution, which is never consumed.
    uint256 internal constant NO_ORDINAL = type(uint8).max;

    /// Encodes the entries; empty if there is nothing to store. The batch's id is left out: {setBatch}.
    /// @param previous Table posted before in this block, or zero.
    /// @param ordinal Number, in this block, of the first execution that can be consumed.
    /// @return data What the code object holds. The entries have their offsets then.
    function encode(
        Entry[] memory entries,
        address previous,
        uint256 ordinal
    ) internal pure returns (bytes memory data) {
        unchecked {
            uint256 slots = 0;
            uint256 size = 0;
            for (uint256 i = 0; i < entries.length; i++) {
                Entry memory entry = entries[i];
                size += entry.size;
                if (entry.isTransaction) continue;
                slots++;
                size += ENTRY_BYTES + entry.roots.length + entry.records[0].length;
            }
            if (size == 0) return data;
            slots += slots / 8;
            uint256 offset = HEADER_BYTES + (previous == address(0) ? 0 : 20);
            uint256 index = offset;
            offset += SLOT_BYTES * slots;
            size += offset;
            if (size > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(size);
            data = new bytes(size);
            _putHeader(data, slots, previous);
            for (uint256 i = 0; i < entries.length; i++) {
                Entry memory entry = entries[i];
                entry.offset = offset;
                if (!entry.isTransaction) {
                    _insert(data, index, slots, entry.key, offset);
                    offset = _putOpening(data, offset, entry, entry.isStatic ? NO_ORDINAL : ordinal++, i);
                }
                for (uint256 j = 1; j < entry.recordCount; j++)
                    offset = _copy(data, offset, entry.records[j]);
            }
        }
    }

    function _putHeader(bytes memory data, uint256 slots, address previous) private pure {
        uint256 hasPrevious = previous == address(0) ? 0 : HAS_PREVIOUS;
        // The index starts with zeros, which is what the address is followed by.
        assembly ("memory-safe") {
            mstore(add(data, 64), or(shl(240, or(slots, hasPrevious)), shl(80, previous)))
        }
    }

    function _insert(
        bytes memory data,
        uint256 index,
        uint256 slots,
        bytes32 key,
        uint256 offset
    ) private pure {
        unchecked {
            uint256 slot = uint256(key) % slots;
            while (Steps.read(data, index + SLOT_BYTES * slot, SLOT_BYTES) != 0) slot = (slot + 1) % slots;
            uint256 at = index + SLOT_BYTES * slot;
            uint256 word = ((uint256(key) >> (256 - KEY_BITS)) << 16) | offset;
            // The four bytes after the slot stay.
            assembly ("memory-safe") {
                let place := add(add(data, 32), at)
                mstore(place, or(shl(32, word), and(mload(place), 0xffffffff)))
            }
        }
    }

    /// @return next Offset just after what it has put.
    function _putOpening(
        bytes memory data,
        uint256 offset,
        Entry memory entry,
        uint256 number,
        uint256 execution
    ) private pure returns (uint256 next) {
        unchecked {
            uint256 length = 3 + entry.roots.length + entry.records[0].length;
            uint256 head = (length << 24) | (number << 16) | execution;
            // What is overwritten after these five bytes is not written yet.
            assembly ("memory-safe") {
                mstore(add(add(data, 32), offset), shl(216, head))
            }
            return _copy(data, _copy(data, offset + ENTRY_BYTES, entry.roots), entry.records[0]);
        }
    }

    /// @return next Offset just after what it has copied.
    function _copy(bytes memory data, uint256 offset, bytes memory part) private pure returns (uint256 next) {
        assembly ("memory-safe") {
            let length := mload(part)
            mcopy(add(add(data, 32), offset), add(part, 32), length)
            next := add(offset, length)
        }
    }

    /// Puts the batch's id where it belongs.
    function setBatch(bytes memory data, bytes32 batch) internal pure {
        assembly ("memory-safe") {
            mstore(add(data, 32), batch)
        }
    }

    /// Reads a table's header, and with it the index if that is small.
    /// @return head The first bytes of the table.
    /// @return slots How many the index has.
    /// @return previous Table posted before in the block.
    function open(address table) internal view returns (bytes memory head, uint256 slots, address previous) {
        head = _read(table, 0, HEAD_BYTES);
        slots = Steps.read(head, 32, 2);
        if (slots & HAS_PREVIOUS == 0) return (head, slots, previous);
        return (head, slots ^ HAS_PREVIOUS, address(uint160(Steps.read(head, 34, 20))));
    }

    /// Offset of an entry that may be the key's.
    /// @param head,slots,previous What {open} has told.
    /// @param probe How many slots have been looked at before; less than there are.
    /// @return isFree No entry from here on is the key's.
    /// @return offset Zero if the slot is another key's.
    function probeFor(
        address table,
        bytes memory head,
        uint256 slots,
        address previous,
        bytes32 key,
        uint256 probe
    ) internal view returns (bool isFree, uint256 offset) {
        unchecked {
            uint256 at = HEADER_BYTES + (previous == address(0) ? 0 : 20);
            at += SLOT_BYTES * (((uint256(key) % slots) + probe) % slots);
            uint256 word =
                at + SLOT_BYTES <= HEAD_BYTES
                    ? Steps.read(head, at, SLOT_BYTES)
                    : Steps.read(_read(table, at, SLOT_BYTES), 0, SLOT_BYTES);
            isFree = word == 0;
            if (word >> 16 == uint256(key) >> (256 - KEY_BITS)) offset = uint16(word);
        }
    }

    /// Reads the record at `offset`.
    /// @return contents What is in it. Nothing else may be done with this memory but reading it.
    /// @return next Offset just after it.
    /// @return alternative Offset of the next alternative of its turn; 0 if it is the last.
    function recordAt(
        address table,
        uint256 offset
    ) internal view returns (bytes memory contents, uint256 next, uint256 alternative) {
        unchecked {
            // Most records are short.
            bytes memory data = _read(table, offset, SHORT_BYTES);
            uint256 first = Steps.read(data, 0, 4);
            uint256 length = first >> 16;
            uint256 frame = 2;
            if (length & Steps.HAS_ALTERNATIVE != 0) {
                length ^= Steps.HAS_ALTERNATIVE;
                alternative = offset + uint16(first);
                frame = 4;
            }
            next = offset + frame + length;
            if (frame + length > SHORT_BYTES)
                return (_read(table, offset + frame, length), next, alternative);
            // The contents stay where they are; their length overwrites what stands before them.
            assembly ("memory-safe") {
                contents := add(data, frame)
                mstore(contents, length)
            }
        }
    }

    /// The alternative that begins with an action, among those of the turn whose first one is at `offset`.
    /// @return isFound Whether there is one.
    /// @return contents Of its record.
    /// @return next Offset just after it.
    /// @return first Hash of the action that the first alternative begins with; 0 if there is none.
    function alternativeFor(
        address table,
        uint256 offset,
        bytes32 actionHash
    ) internal view returns (bool isFound, bytes memory contents, uint256 next, bytes32 first) {
        while (offset != 0) {
            (contents, next, offset) = recordAt(table, offset);
            bytes32 expected = bytes32(Steps.read(contents, 0, 32));
            if (expected == actionHash) return (true, contents, next, first);
            if (first == 0) first = expected;
        }
    }

    /// Beyond the end of the code there are zeros.
    function _read(address table, uint256 offset, uint256 length) private view returns (bytes memory data) {
        // SSTORE2.read looks up the code's size each time, and there are many short reads.
        assembly ("memory-safe") {
            data := mload(0x40)
            mstore(data, length)
            extcodecopy(table, add(data, 32), add(offset, 1), length)
            mstore(0x40, and(add(add(data, 63), length), not(31)))
        }
    }
}
