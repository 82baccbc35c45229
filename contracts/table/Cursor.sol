// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Table} from "./ExecutionTable.sol";

/// Where L1 is in the open execution: the offset, in a table, of the first alternative of its turn. Zero:
/// none is open.
///
///     bits 0-31 offset │ 32-63 table
type Cursor is uint256;

using {isOpen, tableOf, offsetOf} for Cursor global;

Cursor constant IDLE = Cursor.wrap(0);

// Offset of no step: whatever L1 does next is not in the list, unless it undoes what led here.
uint256 constant DEAD_END = 0;

function cursorAt(Table table, uint256 offset) pure returns (Cursor) {
    return Cursor.wrap((Table.unwrap(table) << 32) | offset);
}

function isOpen(Cursor cursor) pure returns (bool) {
    return Cursor.unwrap(cursor) != 0;
}

function tableOf(Cursor cursor) pure returns (Table) {
    return Table.wrap(Cursor.unwrap(cursor) >> 32);
}

function offsetOf(Cursor cursor) pure returns (uint256) {
    return uint32(Cursor.unwrap(cursor));
}
