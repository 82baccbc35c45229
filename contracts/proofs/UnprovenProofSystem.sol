// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";
import {IUnprovenProofSystem} from "../interfaces/IUnprovenProofSystem.sol";
import {isLocalChain} from "./LocalChains.sol";

/// @title FOR DEVELOPMENT ONLY: PROVES NOTHING
/// @notice See {IUnprovenProofSystem}.
contract UnprovenProofSystem is IUnprovenProofSystem {
    /// @inheritdoc IUnprovenProofSystem
    bytes32 public constant UNPROVEN_KEY = keccak256(
        "lockstep.UNPROVEN: anyone can forge this rollup's state"
    );

    /// @inheritdoc IUnprovenProofSystem
    bytes32 public constant TEST_KEY = keccak256(
        "lockstep.UNPROVEN: for tests, cheats set this rollup's state"
    );

    string private constant DOMAIN = "lockstep.unproven.v1";

    constructor() {
        _requireLocalChain();
    }

    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 31;
    }

    /// @inheritdoc IProofSystem
    /// @dev The chain is asked again, since a fork of a local chain can go by another id.
    function verify(Statement[] calldata statements) external view {
        _requireLocalChain();
        for (uint256 i = 0; i < statements.length; i++) {
            Statement calldata statement = statements[i];
            bytes32 key = statement.verificationKey;
            if (key != UNPROVEN_KEY && key != TEST_KEY) revert NotTheUnprovenKey(i, key);
            bytes32 digest = keccak256(abi.encode(DOMAIN, statement.words));
            if (keccak256(statement.proof) != keccak256(abi.encode(digest))) revert WordsDiffer(i, digest);
        }
    }

    function _requireLocalChain() private view {
        if (!isLocalChain()) revert NotALocalChain(block.chainid);
    }
}
