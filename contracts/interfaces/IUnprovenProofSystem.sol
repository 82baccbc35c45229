// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IProofSystem} from "./IProofSystem.sol";

/// @title NO PROOF SYSTEM: stands in for one while a kind of rollup has no circuit yet
/// @notice PROVES NOTHING. Any account can write a "proof" that it takes, of any statement. It exists on
/// local chains only, and takes statements under {UNPROVEN_KEY} or {TEST_KEY} alone, which have to be spelt
/// out where a rollup is registered.
///
/// A statement's "proof" is `keccak256(abi.encode("lockstep.unproven.v1", words))`: the submitter has derived
/// the same words as `Rollups` has, so a builder that disagrees with the contract is found out. It says
/// nothing of their truth.
interface IUnprovenProofSystem is IProofSystem {
    /// Thrown on every chain that is not a local one.
    error NotALocalChain(uint256 chainId);
    /// Thrown when a statement is under another key than these two.
    error NotTheUnprovenKey(uint256 statement, bytes32 verificationKey);
    /// Thrown when a "proof" is not the digest of the statement's words.
    error WordsDiffer(uint256 statement, bytes32 digest);

    /// @notice The key of a kind that has no circuit:
    /// `keccak256("lockstep.UNPROVEN: anyone can forge this rollup's state")`.
    function UNPROVEN_KEY() external view returns (bytes32);

    /// @notice The key of a rollup of any kind that was registered for tests, so that its state can be set by
    /// cheats (docs/spec.md section 9):
    /// `keccak256("lockstep.UNPROVEN: for tests, cheats set this rollup's state")`.
    function TEST_KEY() external view returns (bytes32);
}
