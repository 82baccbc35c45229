// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Counter} from "../../examples/Counter.sol";

/// @title FOR TESTS ONLY: increments a counter in a frame that it then reverts, and goes on
contract UndoingCaller {
    error Undone(uint256 result);

    Counter public immutable COUNTER;
    /// Whether the counter is incremented again after that.
    bool public immutable AGAIN;

    uint256 public lastResult;
    /// What the undone call returned: the error carries it out of the frame.
    uint256 public undoneResult;
    uint256 public count;
    /// Written in the undone frame only.
    uint256 public trace;

    constructor(Counter counter, bool again) {
        COUNTER = counter;
        AGAIN = again;
    }

    function bump() external returns (uint256) {
        try this.inner() {
            revert("the inner frame did not revert");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Undone.selector && reason.length == 36, "another error");
            assembly {
                sstore(undoneResult.slot, mload(add(reason, 36)))
            }
        }
        if (AGAIN) lastResult = COUNTER.increment();
        ++count;
        return lastResult;
    }

    function inner() external {
        trace = 1;
        revert Undone(COUNTER.increment());
    }
}
