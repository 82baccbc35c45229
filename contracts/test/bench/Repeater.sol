// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Counter} from "../../examples/Counter.sol";

/// @title FOR BENCHMARKS ONLY: increments a counter many times
contract Repeater {
    function repeat(Counter counter, uint256 times) external returns (uint256 last) {
        for (uint256 i = 0; i < times; i++) last = counter.increment();
    }
}
