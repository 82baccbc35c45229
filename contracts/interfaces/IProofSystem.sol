// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

// First word of every statement (docs/spec.md section 2). Not zero, so that sequences of different length
// are different polynomials.
uint256 constant STATEMENT_DOMAIN = uint256(keccak256("lockstep.statement.v1")) >> 8;

/// What a proof asserts: some visits of one rollup, flattened to words.
/// @param verificationKey Name of the key; what it means is the proof system's business.
/// @param words The words `d` of docs/spec.md section 2, with data in words of {IProofSystem.dataWordBytes}.
/// With 31, each is below the BN254 scalar field's order.
/// @param proof Proof bytes in the proof system's encoding.
struct Statement {
    bytes32 verificationKey;
    uint256[] words;
    bytes proof;
}

/// @title What a rollup trusts to tell true statements from false ones
/// @notice `Rollups` assumes of the proof system a rollup has chosen:
///  - safety: `verify` returns only if every statement is proven under its key. A proof system that lies
///    endangers the rollups that chose it and the Ether they hold, no others;
///  - liveness: it does not run out of gas or revert on good proofs, else its rollups' batches cannot be
///    posted.
interface IProofSystem {
    /// @notice How many bytes of data a word of a statement has: 31 or 32. `Rollups` asks when a rollup takes
    /// the proof system, and keeps the answer with the rollup.
    function dataWordBytes() external view returns (uint256);

    /// @notice Returns if all statements are proven, else reverts with an error of the proof system's own.
    function verify(Statement[] calldata statements) external view;
}
