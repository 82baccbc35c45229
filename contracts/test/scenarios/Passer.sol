// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: has another contract work
contract Passer is IWork {
    IWork public immutable NEXT;
    uint256 public count;

    constructor(IWork next) {
        NEXT = next;
    }

    function work(uint256 amount) external {
        NEXT.work(amount);
        ++count;
    }
}
