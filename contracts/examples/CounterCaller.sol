// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Counter} from "./Counter.sol";

/// @title Increments a counter that may stand on any chain, and remembers what it answered
contract CounterCaller {
    /// @notice The counter, or its proxy on this chain.
    Counter public immutable COUNTER;

    /// @notice What the counter returned last.
    uint256 public lastResult;
    /// @notice How often {bump} was called.
    uint256 public count;

    constructor(Counter counter) {
        COUNTER = counter;
    }

    /// @notice Increments the counter and, once that is done, this contract's own count.
    /// @return result What the counter returned.
    function bump() external returns (uint256 result) {
        result = COUNTER.increment();
        lastResult = result;
        ++count;
    }
}
