// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IGroth16ProofSystem} from "../interfaces/IGroth16ProofSystem.sol";
import {IProofSystem, Statement} from "../interfaces/IProofSystem.sol";
import {FIELD_MODULUS} from "../interfaces/Actions.sol";
import {Bn254} from "./Bn254.sol";
import {coefficientOf} from "./Coefficient.sol";
import {DEVELOPMENT_ALPHA, DEVELOPMENT_BETA} from "./DevelopmentSetup.sol";
import {Fingerprint} from "./Fingerprint.sol";
import {isLocalChain} from "./LocalChains.sol";
import {Place, Places} from "./Place.sol";

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
        Place sumC;
    }

    struct StoredKey {
        address pointer;
        bool isDevelopment;
    }

    mapping(bytes32 keyHash => StoredKey) private _keys;

    constructor() {
        Bn254.requireArithmetic();
    }

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
        Place pairs = Places.allocateWords(4 * count * Bn254.PAIR_BYTES);
        Use[] memory uses = new Use[](count);
        uint256 useCount = 0;
        for (uint256 i = 0; i < count; i++) {
            Statement calldata statement = statements[i];
            uint256 at = _find(uses, useCount, statement.verificationKey);
            if (at == useCount) _start(uses[useCount++], statement.verificationKey);
            Place pair = pairs.plus(i * Bn254.PAIR_BYTES);
            _addProof(pair, uses[at], statement.proof, inputs[i], coefficientOf(seed, i), i);
        }
        uint256 pairCount = count;
        for (uint256 i = 0; i < useCount; i++) {
            _addKey(pairs.plus(pairCount * Bn254.PAIR_BYTES), uses[i]);
            pairCount += 3;
        }
        if (!Bn254.pairingIsOne(pairs, pairCount)) revert InvalidProof();
    }

    // -------------------------------------------------------------------------------------------------- keys

    /// All points are on their curve, none at infinity, and those of G2 in the subgroup of prime order.
    function _checkKey(bytes memory key) private view {
        Place at = Places.inBytes(key, 0);
        if (!Bn254.isOnCurve(at.plus(ALPHA))) revert PointNotOnCurve(ALPHA);
        // Paired with the point at infinity all give 1, but only points of the subgroup are accepted at all.
        Place pairs = Places.allocateWords(3 * Bn254.PAIR_BYTES);
        uint256[3] memory offsets = [BETA, GAMMA, DELTA];
        for (uint256 i = 0; i < 3; i++) {
            Place point = at.plus(offsets[i]);
            if (!Bn254.isOnTwist(point)) revert PointNotOnCurve(offsets[i]);
            Place pair = pairs.plus(i * Bn254.PAIR_BYTES);
            pair.clear(Bn254.G1_BYTES);
            pair.plus(Bn254.G1_BYTES).set(point, Bn254.G2_BYTES);
        }
        for (uint256 offset = IC; offset < KEY_BYTES; offset += 64)
            if (!Bn254.isOnCurve(at.plus(offset))) revert PointNotOnCurve(offset);
        Bn254.pairingIsOne(pairs, 3);
    }

    function _start(Use memory use, bytes32 keyHash) private pure {
        use.keyHash = keyHash;
        use.sumC = Places.allocateWords(Bn254.SUM_BYTES);
        use.sumC.clear(Bn254.G1_BYTES);
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

    /// Adds a proof to the sums of its key, and writes the pair (ρA, B).
    function _addProof(
        Place pair,
        Use memory use,
        bytes memory proof,
        uint256[4] memory inputs,
        uint256 coefficient,
        uint256 index
    ) private view {
        Place at = Places.inBytes(proof, 0);
        Place c = at.plus(C);
        if (!Bn254.isOnCurve(at.plus(A)) || !Bn254.isOnTwist(at.plus(B)) || !Bn254.isOnCurve(c))
            revert ProofNotOnCurve(index);
        for (uint256 i = 0; i < IC_POINTS; i++) {
            use.factors[i] = addmod(
                use.factors[i],
                mulmod(coefficient, inputs[i], FIELD_MODULUS),
                FIELD_MODULUS
            );
        }
        // B lies behind A.
        pair.set(at.plus(A), Bn254.PAIR_BYTES);
        Bn254.scale(pair, coefficient);
        Bn254.addScaled(use.sumC, c, coefficient);
    }

    /// Writes the three pairs of a key, on the other side of the equation: (-Σρ·α, β), (-Σρ·IC(x), γ),
    /// (-Σρ·C, δ).
    function _addKey(Place pair, Use memory use) private view {
        address pointer = _keys[use.keyHash].pointer;
        if (pointer == address(0)) revert UnknownKey(use.keyHash);
        Place key = Places.inBytes(SSTORE2.read(pointer), 0);
        Place sum = Places.allocateWords(Bn254.SUM_BYTES);
        sum.clear(Bn254.G1_BYTES);
        for (uint256 i = 0; i < IC_POINTS; i++) Bn254.addScaled(sum, key.plus(IC + 64 * i), use.factors[i]);
        Place alpha = key.plus(ALPHA);
        Bn254.scale(alpha, use.factors[0]);
        _writeNegated(pair, alpha, key.plus(BETA));
        _writeNegated(pair.plus(Bn254.PAIR_BYTES), sum, key.plus(GAMMA));
        _writeNegated(pair.plus(2 * Bn254.PAIR_BYTES), use.sumC, key.plus(DELTA));
    }

    /// Writes the pair (-a, b).
    function _writeNegated(Place pair, Place a, Place b) private pure {
        Bn254.negate(a);
        pair.set(a, Bn254.G1_BYTES);
        pair.plus(Bn254.G1_BYTES).set(b, Bn254.G2_BYTES);
    }
}
