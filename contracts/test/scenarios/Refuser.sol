// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: works, and refuses what is too much once it is done
contract Refuser is IWork {
    error TooMuch(uint256 amount, uint256 total);

    uint256 public constant MOST = 10;
    uint256 public total;

    function work(uint256 amount) external {
        total += amount;
        if (amount > MOST) revert TooMuch(amount, total);
    }
}
