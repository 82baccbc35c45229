// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A contract on L1 that takes no Ether
contract ClosedDesk {
    /// @notice Thrown whenever Ether arrives.
    error NotAccepting(address from, uint256 amount);

    receive() external payable {
        revert NotAccepting(msg.sender, msg.value);
    }
}
