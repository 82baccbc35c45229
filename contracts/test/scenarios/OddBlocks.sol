// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: works through another contract, in even blocks alone
contract OddBlocks is IWork {
    error Odd(uint256 number);

    IWork public immutable NEXT;
    uint256 public count;

    constructor(IWork next) {
        NEXT = next;
    }

    function work(uint256 amount) external {
        NEXT.work(amount);
        if (block.number % 2 == 1) revert Odd(block.number);
        ++count;
    }
}
