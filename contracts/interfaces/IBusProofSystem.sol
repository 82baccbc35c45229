// SPDX-License-Identifier: MIT
pragma solidity ^0.8.19;

import {IProofSystem} from "./IProofSystem.sol";

/// @title Groth16 proofs on a bus as a proof system
/// @notice A statement is proven by one proof or several, whose circuits put tuples on a common bus; L1 puts
/// the statement's words on it. All that is sent must be received. See docs/proving-evm.md.
///
/// A statement's `verificationKey` is the name of a set of keys. Its proof is, in words of 32 bytes, G2 with
/// the imaginary part first (EIP-197):
///
///     n, m
///     n proofs:   key, D (2), A (2), B (4), C (2), sum, p_0 … p_(K−1)
///     m codes:    slot, codeHash, C_Q (2), in ascending slots
///     W (2), if there is a code
///     questions, if there are any: see {Questions}
///
/// `key` counts the set's keys from 0, K is the set's number of slots. Public inputs of every circuit: (sum,
/// p_0 … p_(K−1), β, γ), where β and γ are the bus' challenges and p_k is the product of γ − row over all
/// rows of the code in slot k that a proof vouches for.
///
/// Assumptions: the precompiles at 6, 7 and 8 are those of EIP-196 and EIP-197; secrets of registered keys
/// are unknown, which rollups must judge for themselves: any account may register any set.
interface IBusProofSystem is IProofSystem {
    /// @param pointer Code object that holds the set.
    event KeySetRegistered(bytes32 indexed set, address pointer, uint256 keys, bool isDevelopment);
    /// @param tau `keccak256` of [τ]₂.
    event CodeRegistered(bytes32 indexed tau, bytes32 indexed codeHash);

    /// Thrown when an encoded set does not have the length of a header and at least one key, or more bytes
    /// than a code object can hold.
    error KeySetLength(uint256 length);
    /// Thrown when a set has more slots for codes than a statement can name.
    error TooManySlots(uint256 slots);
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
    /// Thrown when a statement's proof is shorter than its proofs and codes are, or has no proof.
    error ProofLength(uint256 statement, uint256 length);
    /// Thrown when a statement's questions do not end where the last of them does.
    error QuestionsLength(uint256 statement);
    /// Thrown when words that begin as a statement's are not one's of `Rollups`.
    error NotAStatement();
    /// Thrown when L1 is asked for the answer of a precompile that it does not give.
    error UnsupportedPrecompile(uint256 precompile);
    /// Thrown when L1 does not have a precompile as Osaka has it.
    error PrecompileMissing(uint256 precompile);
    /// Thrown when a precompile may have failed for lack of gas.
    error PrecompileStarved(uint256 precompile);
    /// Thrown when a proof names a key that its set does not have.
    error UnknownKey(uint256 statement, uint256 proof, uint256 key);
    /// Thrown when a point of a proof is not on its curve, at infinity, or has a coordinate out of range.
    error ProofNotOnCurve(uint256 statement, uint256 proof);
    /// Thrown when a proof's sum or one of its products is not below the field's order.
    error InputOutOfField(uint256 statement, uint256 proof);
    /// Thrown when a statement's codes are not in ascending slots that the set has.
    error SlotsNotAscending(uint256 statement);
    /// Thrown when a proof vouches for rows of a slot in which the statement has no code.
    error SlotNotOpened(uint256 statement, uint256 slot);
    /// Thrown when a statement names a code that was not registered under its set's powers of tau.
    error UnknownCode(uint256 statement, bytes32 codeHash);
    /// Thrown when the opening of a code's commitment, or C_Q or W of a statement, is not on its curve.
    error OpeningNotOnCurve();
    /// Thrown when a code's commitment is not that of its rows.
    error WrongCommitment();
    /// Thrown for bytes that cannot be an account's code: more than 24,576, or beginning with 0xEF.
    error NotCode();
    /// Thrown when not everything that is sent on a statement's bus is received.
    error BusNotBalanced(uint256 statement);
    /// Thrown when at least one of the proofs does not hold.
    error InvalidProof();

    /// @notice Stores a set of keys of one set-up: α (G1), β, τ (G2), the number K of slots, then for each
    /// key δ, η (G2), IC_0 … IC_(K+3) (G1), coordinates of 32 bytes, G2 imaginary parts first. γ is the
    /// generator of G2.
    /// @return set `keccak256(keySet)`, the set's name. Registering twice does nothing.
    function registerKeySet(bytes calldata keySet) external returns (bytes32 set);

    /// @notice Whether a set can be used.
    function isRegistered(bytes32 set) external view returns (bool);

    /// @notice Whether a registered set is of the development set-up, under which anything can be proven.
    function isDevelopmentKeySet(bytes32 set) external view returns (bool);

    /// @notice Registers a code: decodes it into rows, and checks that the commitment is that of the
    /// polynomial whose roots they are. Any account may; a code has one commitment, so the second time
    /// nothing is left to do. Rows: docs/proving-evm.md section 5.
    /// @param tau [τ]₂ of the powers of tau, imaginary parts first.
    /// @param commitment C_T. @param opening W of C_T at `keccak256(codeHash, C_T)` as a field element.
    function registerCode(
        uint256[4] calldata tau,
        bytes calldata code,
        uint256[2] calldata commitment,
        uint256[2] calldata opening
    ) external returns (bytes32 codeHash);

    /// @notice Whether a code can be named by statements under sets with these powers of tau.
    /// @param tau `keccak256` of [τ]₂.
    function isCodeRegistered(bytes32 tau, bytes32 codeHash) external view returns (bool);
}
