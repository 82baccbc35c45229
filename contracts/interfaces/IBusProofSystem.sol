// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IProofSystem} from "./IProofSystem.sol";

/// @title Groth16 proofs on a bus as a proof system
/// @notice A statement is proven by one proof or several, whose circuits put tuples on a common bus; L1 puts
/// the statement's words on it. All that is sent must be received. See docs/proving-evm.md.
///
/// A statement's `verificationKey` is the name of a set of keys. Its proof is a list of proofs, 384 bytes
/// each: `abi.encode(uint256 key, uint256[2] a, uint256[2][2] b, uint256[2] c, uint256[2] d, uint256 sum)`,
/// G2 with the imaginary part first (EIP-197); `key` counts the set's keys from 0. Public inputs of every
/// circuit: (sum, β, γ), where β and γ are the bus' challenges.
///
/// Assumptions: the precompiles at 6, 7 and 8 are those of EIP-196 and EIP-197; secrets of registered keys
/// are unknown, which rollups must judge for themselves: any account may register any set.
interface IBusProofSystem is IProofSystem {
    /// @param pointer Code object that holds the set.
    event KeySetRegistered(bytes32 indexed set, address pointer, uint256 keys, bool isDevelopment);

    /// Thrown when an encoded set does not have the length of a header and one to 40 keys.
    error KeySetLength(uint256 length);
    /// Thrown when a set whose secrets are public would be registered on a chain that is not a local one.
    error DevelopmentKeySet(uint256 chainId);
    /// Thrown when the point at this offset of a set is not on its curve, or at infinity.
    error PointNotOnCurve(uint256 offset);
    /// Thrown when the point at this offset, a δ or an η, stands in the set before, or is the generator. Of
    /// two keys with a common secret one's commitments may hold what belongs to the other's circuit; the
    /// generator is that of a set-up without contributions.
    error SecretNotOwn(uint256 offset);
    /// Thrown when a statement names a set that was not registered.
    error UnknownKeySet(bytes32 set);
    /// Thrown when a statement's proof is not one 384-byte proof or several.
    error ProofLength(uint256 statement, uint256 length);
    /// Thrown when a proof names a key that its set does not have.
    error UnknownKey(uint256 statement, uint256 proof, uint256 key);
    /// Thrown when a point of a proof is not on its curve, at infinity, or has a coordinate out of range.
    error ProofNotOnCurve(uint256 statement, uint256 proof);
    /// Thrown when a proof's sum is not below the field's order.
    error SumOutOfField(uint256 statement, uint256 proof);
    /// Thrown when not everything that is sent on a statement's bus is received.
    error BusNotBalanced(uint256 statement);
    /// Thrown when at least one of the proofs does not hold.
    error InvalidProof();

    /// @notice Stores a set of keys of one set-up: α (G1), β (G2), then for each key δ, η (G2), IC_0 … IC_3
    /// (G1), coordinates of 32 bytes, G2 imaginary parts first. γ is the generator of G2.
    /// @return set `keccak256(keySet)`, the set's name. Registering twice does nothing.
    function registerKeySet(bytes calldata keySet) external returns (bytes32 set);

    /// @notice Whether a set can be used.
    function isRegistered(bytes32 set) external view returns (bool);

    /// @notice Whether a registered set is of the development set-up, under which anything can be proven.
    function isDevelopmentKeySet(bytes32 set) external view returns (bool);
}
