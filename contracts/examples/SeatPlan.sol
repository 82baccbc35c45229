// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Seats that are given to the first caller
contract SeatPlan {
    /// @notice Thrown when a seat is taken.
    error Taken(uint256 seat, address holder);

    event Reserved(address indexed holder, uint256 seat, uint256 order);

    mapping(uint256 seat => address holder) public holderOf;
    /// @notice Seats that are taken.
    uint256 public reserved;

    /// @return order How many seats are taken now, this one included.
    function reserve(uint256 seat) external returns (uint256 order) {
        address holder = holderOf[seat];
        if (holder != address(0)) revert Taken(seat, holder);
        holderOf[seat] = msg.sender;
        order = ++reserved;
        emit Reserved(msg.sender, seat, order);
    }
}
