// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Counter} from "../../examples/Counter.sol";

/// @title FOR TESTS ONLY: increments a counter and then reverts, with what it was told
contract FickleCaller {
    error ChangedMyMind(uint256 result);

    Counter public immutable COUNTER;
    uint256 public count;

    constructor(Counter counter) {
        COUNTER = counter;
    }

    function bump() external {
        ++count;
        revert ChangedMyMind(COUNTER.increment());
    }
}
