// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {CounterCaller} from "./CounterCaller.sol";

/// @title Calls a caller of a counter, each of which may stand on a chain of its own
contract NestedCounterCaller {
    /// @notice The caller, or its proxy on this chain.
    CounterCaller public immutable CALLER;

    /// @notice How often {bump} was called.
    uint256 public count;

    constructor(CounterCaller caller) {
        CALLER = caller;
    }

    /// @return result What the counter at the end of the way returned.
    function bump() external returns (uint256 result) {
        result = CALLER.bump();
        ++count;
    }
}
