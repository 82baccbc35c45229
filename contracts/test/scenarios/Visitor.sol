// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Gate, IVisitor} from "./Gate.sol";

/// @title FOR TESTS ONLY: tries a gate, gets ready when it is refused, and tries again
contract Visitor is IVisitor {
    Gate public immutable GATE;

    bool public isReady;
    uint256 public refusals;
    uint256 public place;
    bytes public reason;

    constructor(Gate gate) {
        GATE = gate;
    }

    function getReady(bool ready) external {
        isReady = ready;
    }

    function enter() external {
        place = GATE.enter();
    }

    /// The same call twice, to a gate that the first one left as it was.
    function retry() external {
        try GATE.enter() {
            revert("the gate was open");
        } catch (bytes memory data) {
            reason = data;
            ++refusals;
        }
        isReady = true;
        place = GATE.enter();
    }
}
