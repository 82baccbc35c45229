// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @notice Knows who was there, and in which order.
contract Guestbook {
    address[] public guests;

    function sign() external returns (uint256 number) {
        guests.push(msg.sender);
        return guests.length;
    }
}
