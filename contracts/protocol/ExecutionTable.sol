// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {IRollups} from "../interfaces/IRollups.sol";
import {Plan} from "./Executions.sol";
import {Steps} from "./Steps.sol";

/// @title The executions of one batch that L1 will play, as one code object
/// @notice Offsets count from the first byte of the data (the second of the code):
///
///     header   slotCount(2)  previous(20: table posted before in this block, or 0 …)  batch(32)
///              bit 15 of slotCount: `previous` stands; without it, it is left out
///     index    slotCount × ( bits 32-255: those of the trigger key │ bits 0-31: offset of the entry ), 0 = free
///     entries  call: record of ( ordinal(1) execution(2) opening ), then the records of its other steps
///              transaction: the records of the steps after its first
///
/// The index is an open-addressing hash table with linear probing, a fifth of it free, so that a look-up costs a few
/// code reads however many executions there are. Duplicate keys are kept, in the order of the batch.
library ExecutionTable {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    uint256 private constant HAS_PREVIOUS = 1 << 15;
    uint256 private constant MAX_OFFSET = type(uint32).max;
    /// Stands for the ordinal of a static execution, which is never consumed.
    uint8 internal constant NO_ORDINAL = type(uint8).max;

    /// @param at Offset of the index.
    struct Header {
        uint256 slotCount;
        address previous;
        bytes32 batch;
        uint256 at;
    }

    /// A record as it was found.
    /// @param next Offset just after it.
    /// @param alternative Offset of the next alternative of its turn; 0 if it is the last.
    struct Record {
        bytes contents;
        uint256 next;
        uint256 alternative;
    }

    /// Encodes the plans' steps; empty if there are none to store.
    /// @param previous Table posted before in this block, or zero.
    /// @param ordinal Number, in this block, of the first execution that can be consumed.
    /// @return data What the code object holds.
    /// @return offsets Where each transaction's second step is; zero for others.
    function encode(
        Plan[] memory plans,
        bytes32 batch,
        address previous,
        uint256 ordinal
    ) internal pure returns (bytes memory data, uint256[] memory offsets) {
        bytes32[] memory index = new bytes32[](_slotCount(plans));
        bytes memory header =
            previous == address(0)
                ? abi.encodePacked(uint16(index.length), batch)
                : abi.encodePacked(uint16(index.length | HAS_PREVIOUS), previous, batch);
        uint256 start = header.length + 32 * index.length;
        offsets = new uint256[](plans.length);
        DynamicBufferLib.DynamicBuffer memory entries;
        for (uint256 i = 0; i < plans.length; i++) {
            Plan memory plan = plans[i];
            // What fails has no effect when it is a transaction, so it is not played.
            if (plan.isTransaction && plan.failed) continue;
            uint256 offset = start + entries.length();
            if (plan.isTransaction) {
                offsets[i] = offset;
            } else {
                uint8 number = plan.isStatic ? NO_ORDINAL : uint8(ordinal++);
                entries.p(abi.encodePacked(uint16(3 + plan.opening.length), number, uint16(i), plan.opening));
                _insert(index, plan.triggerKey, offset);
            }
            entries.p(plan.rest);
        }
        if (entries.length() == 0) return (data, offsets);
        data = abi.encodePacked(header, index, entries.data);
        if (data.length > Steps.MAX_TABLE_BYTES) revert IRollups.TableTooLarge(data.length);
    }

    /// A quarter more than there are calls, rounded down.
    function _slotCount(Plan[] memory plans) private pure returns (uint256 count) {
        for (uint256 i = 0; i < plans.length; i++) {
            if (!plans[i].isTransaction) count++;
        }
        count += count / 4;
    }

    function _insert(bytes32[] memory index, bytes32 key, uint256 offset) private pure {
        uint256 slot = uint256(key) % index.length;
        while (index[slot] != 0) slot = (slot + 1) % index.length;
        index[slot] = bytes32((uint256(key) & ~MAX_OFFSET) | offset);
    }

    function headerOf(address table) internal view returns (Header memory header) {
        bytes memory start = _read(table, 0, 54);
        uint256 first = Steps.read(start, 0, 2);
        header.slotCount = first & ~HAS_PREVIOUS;
        bool hasPrevious = first & HAS_PREVIOUS != 0;
        if (hasPrevious) header.previous = address(uint160(Steps.read(start, 2, 20)));
        header.batch = bytes32(Steps.read(start, hasPrevious ? 22 : 2, 32));
        header.at = hasPrevious ? 54 : 34;
    }

    /// Offset of an entry that may be the key's.
    /// @param probe How many slots have been looked at before; less than the number of slots.
    /// @return isFree No entry from here on is the key's.
    /// @return offset Zero if the slot is another key's.
    function probeFor(
        address table,
        Header memory header,
        bytes32 key,
        uint256 probe
    ) internal view returns (bool isFree, uint256 offset) {
        uint256 slot = ((uint256(key) % header.slotCount) + probe) % header.slotCount;
        uint256 word = Steps.read(_read(table, header.at + 32 * slot, 32), 0, 32);
        isFree = word == 0;
        if (word | MAX_OFFSET == uint256(key) | MAX_OFFSET) offset = word & MAX_OFFSET;
    }

    /// Reads the record at `offset`.
    function recordAt(address table, uint256 offset) internal view returns (Record memory record) {
        uint256 first = Steps.read(_read(table, offset, 4), 0, 4);
        uint256 length = first >> 16;
        uint256 start = offset + 2;
        if (length & Steps.HAS_ALTERNATIVE != 0) {
            length ^= Steps.HAS_ALTERNATIVE;
            record.alternative = offset + uint16(first);
            start += 2;
        }
        record.contents = _read(table, start, length);
        record.next = start + length;
    }

    /// The alternative that begins with an action, among those of the turn whose first one is at `offset`.
    /// @return isFound Whether there is one.
    /// @return record Its record.
    /// @return first Hash of the action that the first alternative begins with.
    function alternativeFor(
        address table,
        uint256 offset,
        bytes32 actionHash
    ) internal view returns (bool isFound, Record memory record, bytes32 first) {
        while (offset != 0) {
            record = recordAt(table, offset);
            bytes32 expected = bytes32(Steps.read(record.contents, 0, 32));
            if (expected == actionHash) return (true, record, first);
            if (first == 0) first = expected;
            offset = record.alternative;
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
