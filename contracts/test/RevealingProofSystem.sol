// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";

/// @title FOR TESTS ONLY: refuses everything, and shows what it was given
contract RevealingProofSystem is IProofSystem {
    /// Always thrown.
    error Given(Statement[] statements);

    uint256 private immutable BYTES_PER_WORD;

    constructor(uint256 bytesPerWord) {
        BYTES_PER_WORD = bytesPerWord;
    }

    /// @inheritdoc IProofSystem
    function dataWordBytes() external view returns (uint256) {
        return BYTES_PER_WORD;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external pure {
        revert Given(statements);
    }
}
