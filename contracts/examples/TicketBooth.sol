// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

/// @title Tickets for callers from any chain, until there are none left
contract TicketBooth {
    error SoldOut();

    event Sold(address indexed to, uint256 left);

    /// @notice Tickets that are left.
    uint256 public left = 100;
    /// @notice The last buyer: on a rollup, the proxy of a caller from another chain.
    address public lastBuyer;

    /// @return nowLeft Tickets that are left after this one.
    function take() external returns (uint256 nowLeft) {
        if (left == 0) revert SoldOut();
        nowLeft = --left;
        lastBuyer = msg.sender;
        emit Sold(msg.sender, nowLeft);
    }
}
