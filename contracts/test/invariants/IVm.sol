// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title Cheatcodes
/// @notice Those of Foundry's `Vm` that are used here; Hardhat has them as well.
interface IVm {
    struct Log {
        bytes32[] topics;
        bytes data;
        address emitter;
    }

    function deal(address account, uint256 balance) external;

    function roll(uint256 blockNumber) external;

    function warp(uint256 timestamp) external;

    function recordLogs() external;

    /// @notice Empties the record as well. What was emitted in frames that were undone is in it too.
    function getRecordedLogs() external returns (Log[] memory);

    /// @dev It is no view, but the machine does it and not the EVM, so it works inside a static call as well.
    /// What it does is undone with the frame.
    function store(address account, bytes32 slot, bytes32 word) external view;

    /// @notice Creation code of a contract of this project, by `File.sol:Name`.
    function getCode(string calldata artifact) external view returns (bytes memory);

    function load(address account, bytes32 slot) external view returns (bytes32);
}

// Foundry's own name for it.
// solhint-disable-next-line const-name-snakecase
IVm constant vm = IVm(address(uint160(uint256(keccak256("hevm cheat code")))));
