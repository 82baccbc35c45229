// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Cell} from "./Cell.sol";
import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: adds to a cell in a frame that it then reverts, and goes on
contract Mid is IWork {
    error Undone();

    Cell public immutable CELL;
    uint256 public undoings;

    constructor(Cell cell) {
        CELL = cell;
    }

    function work(uint256 amount) external {
        try this.inner(amount) {
            revert("the inner frame did not revert");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Undone.selector, "another error");
        }
        ++undoings;
    }

    function inner(uint256 amount) external {
        CELL.add(amount);
        revert Undone();
    }
}
