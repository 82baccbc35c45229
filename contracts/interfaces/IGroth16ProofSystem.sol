// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IProofSystem} from "./IProofSystem.sol";

/// @title Groth16 over BN254 as a proof system
/// @notice A statement's proof is
/// `abi.encode(uint256 commitment, uint256[2] a, uint256[2][2] b, uint256[2] c)`, G2 with the imaginary part
/// first (EIP-197). Public inputs of every circuit: (commitment, challenge, evaluation), see {Fingerprint}.
///
/// Assumptions: the precompiles at 6, 7 and 8 are those of EIP-196 and EIP-197; secrets of registered keys
/// are unknown, which rollups must judge for themselves: any account may register any key.
interface IGroth16ProofSystem is IProofSystem {
    /// @param pointer Code object that holds the key.
    event KeyRegistered(bytes32 indexed keyHash, address pointer, bool isDevelopment);

    /// Thrown when an encoded key is not 704 bytes long.
    error KeyLength(uint256 length);
    /// Thrown when a key whose secrets are public would be registered on a chain that is not a local one.
    error DevelopmentKey(uint256 chainId);
    /// Thrown for a key whose γ and δ are the same, as in a set-up without contributions: (α, β, −IC) would
    /// prove anything.
    error UnfinishedSetup();
    /// Thrown when the point at this offset of a key is not on its curve, or at infinity.
    error PointNotOnCurve(uint256 offset);
    /// Thrown when a statement names a key that was not registered.
    error UnknownKey(bytes32 keyHash);
    /// Thrown when a proof is not 288 bytes long.
    error ProofLength(uint256 statement, uint256 length);
    /// Thrown when a commitment is not below the field's order.
    error CommitmentOutOfField(uint256 statement, uint256 commitment);
    /// Thrown when a point of a proof is not on its curve, at infinity, or has a coordinate out of range.
    error ProofNotOnCurve(uint256 statement);
    /// Thrown when a precompile refuses its input. 8: a point of G2 is not in the subgroup of prime order.
    /// Otherwise, gas ran out.
    error PrecompileFailed(uint256 precompile);
    /// Thrown when at least one of the statements is not proven.
    error InvalidProof();

    /// @notice Stores a key: α (G1), β, γ, δ (G2), IC_0 … IC_3 (G1), coordinates of 32 bytes, G2 imaginary
    /// parts first.
    /// @return keyHash `keccak256(key)`, the key's name. Registering twice does nothing.
    function registerKey(bytes calldata key) external returns (bytes32 keyHash);

    /// @notice Whether a key can be used.
    function isRegistered(bytes32 keyHash) external view returns (bool);

    /// @notice Whether a registered key is one of the development set-up, under which anything can be proven.
    function isDevelopmentKey(bytes32 keyHash) external view returns (bool);
}
