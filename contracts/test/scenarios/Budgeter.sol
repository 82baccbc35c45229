// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: gives calls a budget of gas, and keeps what came of them
contract Budgeter {
    IWork public immutable NEXT;
    uint256 public done;
    uint256 public failed;
    uint256 public before;
    uint256 public afterwards;

    constructor(IWork next) {
        NEXT = next;
    }

    function run(uint256 amount, uint256 budget) external {
        before = gasleft();
        try NEXT.work{gas: budget}(amount) {
            ++done;
        } catch {
            ++failed;
        }
        afterwards = gasleft();
    }
}
