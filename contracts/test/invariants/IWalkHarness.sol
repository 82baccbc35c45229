// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// `WalkHarness`, for contracts that would take long to be compiled with it.
interface IWalkHarness {
    function check(
        bytes calldata message,
        address manager
    ) external pure returns (uint256 opened, uint256 undone, uint256 compared);
}
