// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";

/// @title FOR TESTS ONLY: refuses everything, and shows what it was given
contract RevealingProofSystem is IProofSystem {
    /// Always thrown.
    error Given(Statement[] statements);

    /// @inheritdoc IProofSystem
    uint256 public immutable dataWordBytes;

    constructor(uint256 bytesPerWord) {
        dataWordBytes = bytesPerWord;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external pure {
        revert Given(statements);
    }
}
