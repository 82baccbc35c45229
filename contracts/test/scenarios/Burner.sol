// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: uses so much gas, and keeps how much was left
contract Burner is IWork {
    uint256 public total;
    uint256 public left;

    /// @param amount Slots that are written for the first time.
    function work(uint256 amount) external {
        for (uint256 i = 0; i < amount; i++) {
            ++total;
            // A slot of its own for each unit.
            assembly ("memory-safe") {
                sstore(add(1000, sload(total.slot)), 1)
            }
        }
        left = gasleft();
    }
}
