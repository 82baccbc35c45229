// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";

/// @title FOR TESTS ONLY: accepts every statement once it was told something
contract ToldProofSystem is IProofSystem {
    /// Thrown by `verify` before it was told.
    error NotTold();
    /// Thrown when it is told while it does not listen.
    error DoesNotListen();

    /// @notice What it was told.
    mapping(bytes32 what => bool) public isTold;
    /// @notice How often it was told anything.
    uint256 public times;
    /// @notice Whether it takes nothing that it is told.
    bool public isDeaf;

    function setDeaf(bool deaf) external {
        isDeaf = deaf;
    }

    function tell(bytes32 what) external {
        if (isDeaf) revert DoesNotListen();
        isTold[what] = true;
        times++;
    }

    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 31;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata) external view {
        if (times == 0) revert NotTold();
    }
}
