// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: a number to which others add
contract Cell {
    uint256 public value;

    function add(uint256 amount) external {
        value += amount;
    }
}
