// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title A number that any account may increment
contract Counter {
    event Incremented(address indexed by, uint256 count);

    /// @notice Increments so far.
    uint256 public count;

    /// @return newCount The count after this increment.
    function increment() external returns (uint256 newCount) {
        newCount = ++count;
        emit Incremented(msg.sender, newCount);
    }
}
