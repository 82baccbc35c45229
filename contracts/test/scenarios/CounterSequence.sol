// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Counter} from "../../examples/Counter.sol";
import {CounterCaller} from "../../examples/CounterCaller.sol";

/// @title FOR TESTS ONLY: several calls in one transaction
contract CounterSequence {
    uint256[] private _results;

    /// What the calls of the last transaction returned.
    function results() external view returns (uint256[] memory) {
        return _results;
    }

    /// Increments counters, one after the other; the same one may come several times.
    function increment(Counter[] calldata counters) external {
        delete _results;
        for (uint256 i = 0; i < counters.length; i++) _results.push(counters[i].increment());
    }

    /// Has a caller call twice, and then calls a counter itself.
    function mixed(CounterCaller caller, Counter counter) external {
        delete _results;
        _results.push(caller.bump());
        _results.push(caller.bump());
        _results.push(counter.increment());
    }
}
