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

/// A table: the number of its first slot, from 1 on. Zero: none.
type Table is uint256;

using {sameTable as ==} for Table global;

Table constant NO_TABLE = Table.wrap(0);

function sameTable(Table a, Table b) pure returns (bool) {
    return Table.unwrap(a) == Table.unwrap(b);
}

/// First word of a table.
///
///     bits 0-191 consumed │ 192-207 slotCount │ 208-239 previous │ 255 set, so that it is never zero
///
/// consumed: by ordinal. slotCount: of the index. previous: table posted before in this block.
type TableHead is uint256;

using {isConsumed, slotCountOf, previousOf} for TableHead global;

function isConsumed(TableHead head, uint256 ordinal) pure returns (bool) {
    return (uint192(TableHead.unwrap(head)) >> ordinal) & 1 != 0;
}

function slotCountOf(TableHead head) pure returns (uint256) {
    return uint16(TableHead.unwrap(head) >> 192);
}

function previousOf(TableHead head) pure returns (Table) {
    return Table.wrap(uint32(TableHead.unwrap(head) >> 208));
}

/// @title The executions of one batch that L1 will play, in storage that every block uses again
/// @notice Tables of one block stand one after the other in a region of storage of which each block begins
/// anew at the start: L1's state grows to what the fullest block so far has taken, and no further. No slot of
/// it is ever zero again, so that a table costs what overwriting costs; {prepare} makes a region ready before
/// it is needed.
///
///     slot 0    {TableHead}
///     slot 1    the batch's id
///     others    a byte that is not zero, and 31 bytes of what follows
///
///     index     slotCount × ( tag(2: the trigger key's first bytes)  offset(2: of the entry) ), 0 = free
///     entries   call: record of ( key(32)  ordinal(1)  execution(2)  opening ), then the records of its
///               other steps
///               transaction: the records of the steps after its first
///
/// Offsets count from the table's start as if its first two slots held 31 bytes each as well.
///
/// The index is an open-addressing hash table with linear probing, a ninth of it free, so that a look-up
/// costs a few reads however many executions there are. Duplicate keys are kept, in the order of the batch.
library ExecutionTable {
    /// Number of slot 0 of no table: the region.
    uint256 private constant REGION = (uint256(keccak256("lockstep.tables")) >> 8) << 8;
    uint256 private constant MARKER = 1 << 248;
    uint256 private constant HEAD_MARKER = 1 << 255;
    uint256 private constant SLOT_BYTES = 31;
    /// Slots in front of the index, and the offset after them.
    uint256 private constant HEAD_SLOTS = 2;
    uint256 private constant HEAD_BYTES = HEAD_SLOTS * SLOT_BYTES;
    /// Of what {encode} gives, in front of the index: how many slots that has.
    uint256 private constant COUNT_BYTES = 2;
    uint256 private constant INDEX_BYTES = 4;
    /// Of an entry in front of its roots.
    uint256 private constant ENTRY_BYTES = 2 + 32 + 3;
    /// Stands for the ordinal of a static execution, which is never consumed.
    uint256 internal constant NO_ORDINAL = type(uint8).max;
    /// Where things stand in an entry that {recordAt} has read.
    uint256 internal constant ORDINAL_AT = 32;
    uint256 internal constant EXECUTION_AT = 33;
    uint256 internal constant OPENING_AT = 35;

    /// Encodes the entries; empty if there is nothing to store.
    /// @return data Number of the index' slots (2 bytes), and what stands from the index on. The entries have
    /// their offsets then.
    function encode(Entry[] memory entries) internal pure returns (bytes memory data) {
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
            size += HEAD_BYTES + INDEX_BYTES * slots;
            if (size > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(size);
            data = new bytes(COUNT_BYTES + size - HEAD_BYTES);
            (data[0], data[1]) = (bytes1(uint8(slots >> 8)), bytes1(uint8(slots)));
            uint256 ordinal = 0;
            uint256 at = COUNT_BYTES + INDEX_BYTES * slots;
            for (uint256 i = 0; i < entries.length; i++) {
                Entry memory entry = entries[i];
                entry.offset = HEAD_BYTES - COUNT_BYTES + at;
                if (!entry.isTransaction) {
                    _insert(data, slots, entry.key, entry.offset);
                    at = _putOpening(data, at, entry, entry.isStatic ? NO_ORDINAL : ordinal++, i);
                }
                for (uint256 j = 1; j < entry.recordCount; j++) at = _copy(data, at, entry.records[j]);
            }
        }
    }

    function _insert(bytes memory data, uint256 slots, bytes32 key, uint256 offset) private pure {
        unchecked {
            uint256 slot = uint256(key) % slots;
            while (Steps.read(data, COUNT_BYTES + INDEX_BYTES * slot, INDEX_BYTES) != 0)
                slot = (slot + 1) % slots;
            uint256 at = COUNT_BYTES + INDEX_BYTES * slot;
            uint256 word = ((uint256(key) >> 240) << 16) | offset;
            // The bytes after the slot stay.
            assembly ("memory-safe") {
                let place := add(add(data, 32), at)
                mstore(place, or(shl(224, word), shr(32, shl(32, mload(place)))))
            }
        }
    }

    /// @return next Offset just after what it has put.
    function _putOpening(
        bytes memory data,
        uint256 at,
        Entry memory entry,
        uint256 number,
        uint256 execution
    ) private pure returns (uint256 next) {
        unchecked {
            uint256 length = OPENING_AT + entry.roots.length + entry.records[0].length;
            bytes32 key = entry.key;
            uint256 head = (number << 16) | execution;
            // What is overwritten after an entry's own bytes is not written yet.
            assembly ("memory-safe") {
                let place := add(add(data, 32), at)
                mstore(place, shl(240, length))
                mstore(add(place, 2), key)
                mstore(add(place, 34), shl(232, head))
            }
            return _copy(data, _copy(data, at + ENTRY_BYTES, entry.roots), entry.records[0]);
        }
    }

    /// @return next Offset just after what it has copied.
    function _copy(bytes memory data, uint256 at, bytes memory part) private pure returns (uint256 next) {
        assembly ("memory-safe") {
            let length := mload(part)
            mcopy(add(add(data, 32), at), add(part, 32), length)
            next := add(at, length)
        }
    }

    // ----------------------------------------------------------------------------------------------- storage

    /// Stores what {encode} has given.
    /// @param table Where: behind the tables of this block.
    /// @param previous Table posted before in this block.
    /// @return end The first slot after it.
    function store(
        Table table,
        Table previous,
        bytes32 batch,
        bytes memory data
    ) internal returns (Table end) {
        uint256 head =
            HEAD_MARKER | (Table.unwrap(previous) << 208) | (Steps.read(data, 0, COUNT_BYTES) << 192);
        uint256 slot = REGION + Table.unwrap(table);
        assembly ("memory-safe") {
            sstore(slot, head)
            sstore(add(slot, 1), batch)
            slot := add(slot, HEAD_SLOTS)
            let from := add(data, 34)
            let last := add(add(data, 32), mload(data))
            for {} lt(from, last) {} {
                sstore(slot, or(MARKER, shr(8, mload(from))))
                slot := add(slot, 1)
                from := add(from, SLOT_BYTES)
            }
        }
        return Table.wrap(slot - REGION);
    }

    /// Makes slots of the region ready, so that the first table which needs them costs no more than later
    /// ones. Live tables have no slot that it would touch.
    function prepare(uint256 first, uint256 count) internal {
        uint256 slot = REGION + first;
        assembly ("memory-safe") {
            for {
                let end := add(slot, count)
            } lt(slot, end) {
                slot := add(slot, 1)
            } {
                if iszero(sload(slot)) {
                    sstore(slot, MARKER)
                }
            }
        }
    }

    function headOf(Table table) internal view returns (TableHead head) {
        uint256 slot = REGION + Table.unwrap(table);
        assembly ("memory-safe") {
            head := sload(slot)
        }
    }

    /// Id of the batch.
    function batchOf(Table table) internal view returns (bytes32 batch) {
        uint256 slot = REGION + Table.unwrap(table) + 1;
        assembly ("memory-safe") {
            batch := sload(slot)
        }
    }

    function setConsumed(Table table, uint256 ordinal) internal {
        uint256 slot = REGION + Table.unwrap(table);
        assembly ("memory-safe") {
            sstore(slot, or(sload(slot), shl(ordinal, 1)))
        }
    }

    /// Offset of an entry that may be the key's.
    /// @param probe How many slots have been looked at before; less than there are.
    /// @return isFree No entry from here on is the key's.
    /// @return offset Zero if the slot is another key's.
    function probeFor(
        Table table,
        TableHead head,
        bytes32 key,
        uint256 probe
    ) internal view returns (bool isFree, uint256 offset) {
        unchecked {
            uint256 slots = head.slotCountOf();
            uint256 at = HEAD_BYTES + INDEX_BYTES * (((uint256(key) % slots) + probe) % slots);
            uint256 slot = REGION + Table.unwrap(table) + at / SLOT_BYTES;
            uint256 skip = at % SLOT_BYTES;
            uint256 word;
            assembly ("memory-safe") {
                word := shl(shl(3, add(skip, 1)), sload(slot))
                // The slot's bytes go on in the next one.
                if gt(skip, 27) {
                    word := or(word, shr(shl(3, sub(31, skip)), shl(8, sload(add(slot, 1)))))
                }
                word := shr(224, word)
            }
            isFree = word == 0;
            if (word >> 16 == uint256(key) >> 240) offset = uint16(word);
        }
    }

    /// Reads the record at `offset`.
    /// @return contents What is in it. Nothing else may be done with this memory but reading it.
    /// @return next Offset just after it.
    /// @return alternative Offset of the next alternative of its turn; 0 if it is the last.
    function recordAt(
        Table table,
        uint256 offset
    ) internal view returns (bytes memory contents, uint256 next, uint256 alternative) {
        unchecked {
            uint256 slot = REGION + Table.unwrap(table) + offset / SLOT_BYTES;
            uint256 skip = offset % SLOT_BYTES;
            uint256 start;
            // Where the next slot's bytes go. What is written before `start` lies in front of the record.
            uint256 place;
            uint256 first;
            assembly ("memory-safe") {
                start := add(mload(0x40), 64)
                place := sub(start, skip)
                mstore(place, shl(8, sload(slot)))
                place := add(place, SLOT_BYTES)
                // No record is shorter than four bytes.
                if gt(skip, 27) {
                    slot := add(slot, 1)
                    mstore(place, shl(8, sload(slot)))
                    place := add(place, SLOT_BYTES)
                }
                first := shr(224, mload(start))
            }
            uint256 length = first >> 16;
            uint256 frame = 2;
            if (length & Steps.HAS_ALTERNATIVE != 0) {
                length ^= Steps.HAS_ALTERNATIVE;
                alternative = offset + uint16(first);
                frame = 4;
            }
            next = offset + frame + length;
            assembly ("memory-safe") {
                for {
                    let end := add(start, add(frame, length))
                } lt(place, end) {} {
                    slot := add(slot, 1)
                    mstore(place, shl(8, sload(slot)))
                    place := add(place, SLOT_BYTES)
                }
                // Its length overwrites what stands before the contents.
                contents := sub(add(start, frame), 32)
                mstore(contents, length)
                mstore(0x40, and(add(place, 63), not(31)))
            }
        }
    }

    /// The alternative that begins with an action, among those of the turn whose first one is at `offset`.
    /// @return isFound Whether there is one.
    /// @return contents Of its record.
    /// @return next Offset just after it.
    /// @return first Hash of the action that the first alternative begins with; 0 if there is none.
    function alternativeFor(
        Table table,
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
}
