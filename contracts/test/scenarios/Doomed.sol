// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: can be destroyed
contract Doomed {
    uint256 public value = 1;

    constructor() payable {}

    function destroy() external {
        selfdestruct(payable(msg.sender));
    }
}
