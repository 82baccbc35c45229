// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: something that can be asked to work
interface IWork {
    function work(uint256 amount) external;
}
