// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IGroth16ProofSystem} from "../interfaces/IGroth16ProofSystem.sol";
import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";
import {FIELD_MODULUS} from "../interfaces/Actions.sol";
import {Bn254, G1, G2} from "./Bn254.sol";
import {coefficientOf} from "./Coefficient.sol";
import {DEVELOPMENT_ALPHA, DEVELOPMENT_BETA} from "./DevelopmentSetup.sol";
import {Fingerprint} from "./Fingerprint.sol";
import {isLocalChain} from "./LocalChains.sol";

/// @title Groth16 over BN254: any number of proofs under any number of keys in one pairing call
/// @notice A proof (A, B, C) of public inputs x under the key (α, β, γ, δ, IC) holds if
///
///     e(A, B) = e(α, β) · e(IC_0 + Σ x_i IC_i, γ) · e(C, δ)
///
/// All equations are checked at once: each is raised to a coefficient ρ that depends on everything, and the
/// product of all must hold. With a false equation among them it does not, but for a chance of about 2^-127.
/// What is paired with the same point is added up first, so n proofs under k keys take n + 3k pairs. The
/// first ρ is 1, which loses nothing: only the ratios of the coefficients matter.
contract Groth16ProofSystem is IGroth16ProofSystem {
    uint256 private constant KEY_BYTES = 704;
    /// Where α, β, γ, δ and IC_0 … IC_3 lie in an encoded key.
    uint256 private constant ALPHA = 0;
    uint256 private constant BETA = 64;
    uint256 private constant GAMMA = 192;
    uint256 private constant DELTA = 320;
    uint256 private constant IC = 448;

    uint256 private constant PROOF_BYTES = 288;
    /// Where A, B and C lie in proof bytes, behind the commitment.
    uint256 private constant A = 32;
    uint256 private constant B = 96;
    uint256 private constant C = 224;

    /// IC_0 and one more for each public input.
    uint256 private constant IC_POINTS = 4;

    /// A key that is in use, with the sums of what its proofs pair with its points.
    /// @param factors Σ ρ, Σ ρ·commitment, Σ ρ·challenge, Σ ρ·evaluation: those of IC; the first also that of
    /// α.
    /// @param sumC Σ ρ·C.
    struct Use {
        bytes32 keyHash;
        uint256[4] factors;
        G1 sumC;
    }

    struct StoredKey {
        address pointer;
        bool isDevelopment;
    }

    mapping(bytes32 keyHash => StoredKey) private _keys;

    /// @inheritdoc IGroth16ProofSystem
    function registerKey(bytes calldata key) external returns (bytes32 keyHash) {
        if (key.length != KEY_BYTES) revert KeyLength(key.length);
        keyHash = keccak256(key);
        if (isRegistered(keyHash)) return keyHash;
        // Either point gives the rest away.
        bool isDevelopment =
            keccak256(key[:BETA]) == DEVELOPMENT_ALPHA || keccak256(key[BETA:GAMMA]) == DEVELOPMENT_BETA;
        if (isDevelopment && !isLocalChain()) revert DevelopmentKey(block.chainid);
        _checkKey(key);
        if (keccak256(key[GAMMA:DELTA]) == keccak256(key[DELTA:IC])) revert UnfinishedSetup();
        address pointer = SSTORE2.write(key);
        _keys[keyHash] = StoredKey(pointer, isDevelopment);
        emit KeyRegistered(keyHash, pointer, isDevelopment);
    }

    /// @inheritdoc IGroth16ProofSystem
    function isRegistered(bytes32 keyHash) public view returns (bool) {
        return _keys[keyHash].pointer != address(0);
    }

    /// @inheritdoc IGroth16ProofSystem
    function isDevelopmentKey(bytes32 keyHash) external view returns (bool) {
        return _keys[keyHash].isDevelopment;
    }

    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 31;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external view {
        uint256 count = statements.length;
        if (count == 0) return;
        uint256[4][] memory inputs = new uint256[4][](count);
        bytes32 seed = 0;
        for (uint256 i = 0; i < count; i++) {
            Statement calldata statement = statements[i];
            inputs[i] = _inputsOf(statement, i);
            // The commitment is in the proof's bytes.
            seed = keccak256(
                abi.encodePacked(seed, statement.verificationKey, inputs[i][2], inputs[i][3], statement.proof)
            );
        }

        // As many as there could be, if each proof had a key of its own.
        bytes memory pairs = new bytes(4 * count * Bn254.PAIR_BYTES);
        Use[] memory uses = new Use[](count);
        uint256 useCount = 0;
        for (uint256 i = 0; i < count; i++) {
            Statement calldata statement = statements[i];
            uint256 at = _find(uses, useCount, statement.verificationKey);
            if (at == useCount) uses[useCount++].keyHash = statement.verificationKey;
            _addProof(pairs, uses[at], statement.proof, inputs[i], coefficientOf(seed, i), i);
        }
        uint256 pairCount = count;
        for (uint256 i = 0; i < useCount; i++) pairCount = _addKey(pairs, pairCount, uses[i]);
        Bn254.truncate(pairs, pairCount);
        if (!Bn254.pairingIsOne(pairs)) revert InvalidProof();
    }

    // -------------------------------------------------------------------------------------------------- keys

    /// All points are on their curve, none at infinity, and those of G2 in the subgroup of prime order.
    function _checkKey(bytes memory key) private view {
        if (!Bn254.isOnCurve(Bn254.g1At(key, ALPHA))) revert PointNotOnCurve(ALPHA);
        // Paired with the point at infinity all give 1, but only points of the subgroup are accepted at all.
        bytes memory pairs = new bytes(3 * Bn254.PAIR_BYTES);
        G1 memory infinity;
        uint256[3] memory offsets = [BETA, GAMMA, DELTA];
        for (uint256 i = 0; i < 3; i++) {
            G2 memory point = Bn254.g2At(key, offsets[i]);
            if (!Bn254.isOnCurve(point)) revert PointNotOnCurve(offsets[i]);
            Bn254.writePair(pairs, i, infinity, point);
        }
        for (uint256 offset = IC; offset < KEY_BYTES; offset += 64)
            if (!Bn254.isOnCurve(Bn254.g1At(key, offset))) revert PointNotOnCurve(offset);
        Bn254.pairingIsOne(pairs);
    }

    function _find(Use[] memory uses, uint256 count, bytes32 keyHash) private pure returns (uint256 at) {
        while (at < count && uses[at].keyHash != keyHash) at++;
    }

    // ------------------------------------------------------------------------------------------------ proofs

    /// 1 for IC_0, then the public inputs.
    function _inputsOf(Statement calldata statement, uint256 index) private pure returns (uint256[4] memory) {
        if (statement.proof.length != PROOF_BYTES) revert ProofLength(index, statement.proof.length);
        uint256 commitment = uint256(bytes32(statement.proof));
        if (commitment >= FIELD_MODULUS) revert CommitmentOutOfField(index, commitment);
        uint256[] calldata words = statement.words;
        uint256 challenge = Fingerprint.challengeOf(words, commitment);
        return [1, commitment, challenge, Fingerprint.evaluate(words, challenge)];
    }

    /// Adds a proof to the sums of its key, and the pair (ρA, B) in the place of the proof's index.
    function _addProof(
        bytes memory pairs,
        Use memory use,
        bytes memory proof,
        uint256[4] memory inputs,
        uint256 coefficient,
        uint256 index
    ) private view {
        G1 memory a = Bn254.g1At(proof, A);
        G2 memory b = Bn254.g2At(proof, B);
        G1 memory c = Bn254.g1At(proof, C);
        if (!Bn254.isOnCurve(a) || !Bn254.isOnCurve(b) || !Bn254.isOnCurve(c)) revert ProofNotOnCurve(index);
        for (uint256 i = 0; i < IC_POINTS; i++) {
            use.factors[i] = addmod(
                use.factors[i],
                mulmod(coefficient, inputs[i], FIELD_MODULUS),
                FIELD_MODULUS
            );
        }
        Bn254.scale(a, coefficient);
        Bn254.scale(c, coefficient);
        Bn254.accumulate(use.sumC, c);
        Bn254.writePair(pairs, index, a, b);
    }

    /// Adds the three pairs of a key, on the other side of the equation: (-Σρ·α, β), (-Σρ·IC(x), γ), (-Σρ·C,
    /// δ).
    /// @param count Pairs so far. @return The same with these.
    function _addKey(bytes memory pairs, uint256 count, Use memory use) private view returns (uint256) {
        address pointer = _keys[use.keyHash].pointer;
        if (pointer == address(0)) revert UnknownKey(use.keyHash);
        bytes memory key = SSTORE2.read(pointer);
        G1 memory alpha = Bn254.g1At(key, ALPHA);
        Bn254.scale(alpha, use.factors[0]);
        G1 memory sum = Bn254.g1At(key, IC);
        Bn254.scale(sum, use.factors[0]);
        for (uint256 i = 1; i < IC_POINTS; i++) {
            G1 memory point = Bn254.g1At(key, IC + 64 * i);
            Bn254.scale(point, use.factors[i]);
            Bn254.accumulate(sum, point);
        }
        Bn254.negate(alpha);
        Bn254.negate(sum);
        Bn254.negate(use.sumC);
        Bn254.writePair(pairs, count++, alpha, Bn254.g2At(key, BETA));
        Bn254.writePair(pairs, count++, sum, Bn254.g2At(key, GAMMA));
        Bn254.writePair(pairs, count++, use.sumC, Bn254.g2At(key, DELTA));
        return count;
    }
}
