// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Counter} from "./Counter.sol";

/// @title Increments a counter that may stand on any chain, and carries on if that fails
contract SafeCounterCaller {
    /// @notice The counter, or its proxy on this chain.
    Counter public immutable COUNTER;

    /// @notice What the counter returned last.
    uint256 public lastResult;
    /// @notice How often {bump} was called.
    uint256 public count;
    /// @notice Whether the last call failed.
    bool public failed;
    /// @notice What the last call that failed reverted with, byte for byte.
    bytes public lastError;

    constructor(Counter counter) {
        COUNTER = counter;
    }

    /// @notice Increments the counter, or takes note of why that failed.
    function bump() external {
        try COUNTER.increment() returns (uint256 result) {
            lastResult = result;
            failed = false;
        } catch (bytes memory reason) {
            lastError = reason;
            failed = true;
        }
        ++count;
    }
}
