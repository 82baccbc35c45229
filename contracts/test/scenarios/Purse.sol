// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: takes Ether and counts how often, or refuses it
contract Purse {
    bool public isClosed;
    uint256 public received;

    receive() external payable {
        require(!isClosed, "closed");
        ++received;
    }

    function close() external {
        isClosed = true;
    }
}
