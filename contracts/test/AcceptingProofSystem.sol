// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";

/// @title FOR TESTS ONLY: accepts every statement
/// @notice Lets the tests of `Rollups` pose as any rollup. Proofs are tested with `Groth16ProofSystem`.
contract AcceptingProofSystem is IProofSystem {
    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 31;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata) external view {}
}
