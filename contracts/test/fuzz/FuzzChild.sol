// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FuzzInterpreter} from "./FuzzInterpreter.sol";

/// @title FOR TESTS ONLY: what an actor creates
/// @notice Runs a script in its constructor; afterwards an actor without children.
contract FuzzChild is FuzzInterpreter {
    constructor(address directory, bytes memory script) payable FuzzInterpreter(directory) {
        _run(script);
    }

    function _create(bool, uint256, bytes memory) internal pure override returns (address, bytes memory) {
        return (address(0), "a child has no children");
    }
}
