// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Actor} from "./Actor.sol";

/// @title FOR TESTS ONLY: an actor that leaves a record of what came of its calls, which a mined transaction
/// cannot return
contract Recorder is Actor {
    event Recorded(Outcome[] outcomes);

    function record(Step[] memory steps) external {
        emit Recorded(_play(steps));
    }
}
