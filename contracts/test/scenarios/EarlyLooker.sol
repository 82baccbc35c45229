// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Asker} from "./Asker.sol";
import {Cell} from "./Cell.sol";

/// @title FOR TESTS ONLY: looks at an account before and after it has a view called, and says on another
/// chain what it saw
contract EarlyLooker {
    Cell public immutable CELL;
    uint256 public secret;

    constructor(Cell cell) {
        CELL = cell;
    }

    /// @param asker Its view makes a call from `account`.
    function look(Asker asker, address account) external {
        uint256 seen = account.code.length == 0 ? 1 : 2;
        secret = asker.ask().secret;
        CELL.add(account.code.length == 0 ? seen : 10 + seen);
    }
}
