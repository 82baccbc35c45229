// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: has another contract work in a frame that it then reverts, and goes on
contract Undoer is IWork {
    error Undone();

    IWork public next;
    uint256 public count;

    function link(IWork worker) external {
        next = worker;
    }

    function work(uint256 amount) external {
        try this.inner(amount) {
            revert("the inner frame did not revert");
        } catch (bytes memory reason) {
            require(bytes4(reason) == Undone.selector, "another error");
        }
        ++count;
    }

    function inner(uint256 amount) external {
        next.work(amount);
        revert Undone();
    }
}
