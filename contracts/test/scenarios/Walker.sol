// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Cell} from "./Cell.sol";
import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: has another contract work, and keeps how much gas it then takes to touch the same
/// itself
contract Walker {
    IWork public immutable WORKER;
    Cell public immutable CELL;

    /// Gas that adding to the cell took after the work, and once more after that.
    uint256 public first;
    uint256 public second;

    constructor(IWork worker, Cell cell) {
        WORKER = worker;
        CELL = cell;
    }

    function walk() external {
        WORKER.work(1);
        first = _add();
        second = _add();
    }

    function _add() private returns (uint256 used) {
        uint256 before = gasleft();
        CELL.add(50);
        used = before - gasleft();
    }
}
