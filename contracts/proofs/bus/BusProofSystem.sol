// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {IProofSystem, Statement} from "../../interfaces/IProofSystem.sol";
import {Bn254, G1, G2} from "../Bn254.sol";
import {BusProofs} from "./BusProofs.sol";
import {KeySets} from "./KeySets.sol";
import {Terms} from "./Terms.sol";
import {Transcript} from "./Transcript.sol";

/// @title Groth16 proofs on a bus: any number of statements in one pairing call
/// @notice A proof (A, B, C, D) of public inputs x under a key (δ, η, IC) of a set (α, β) holds if
///
///     e(A, B) = e(α, β) · e(IC_0 + Σ x_i IC_i, 1) · e(D, η) · e(C, δ)
///
/// All equations are checked at once: each is raised to a coefficient ρ that depends on everything, and the
/// product of all must hold. With a false equation among them it does not, but for a chance of about 2^-127.
/// What is paired with the same point is added up first: n proofs under k keys of one set take n + 2k + 2
/// pairs.
contract BusProofSystem is KeySets {
    using BusProofs for bytes;

    /// A set in use, with the sums of what is paired with its points.
    /// @param keys The encoded set.
    /// @param alphaFactor Σ ρ.
    /// @param uses One for each key.
    struct SetUse {
        bytes32 name;
        bytes keys;
        uint256 alphaFactor;
        KeyUse[] uses;
    }

    /// @param factors Those of IC_0 … IC_3: Σ ρ, Σ ρ·sum, Σ ρ·β, Σ ρ·γ.
    /// @param sumC Σ ρ·C.
    /// @param sumD Σ ρ·D.
    struct KeyUse {
        bool isUsed;
        uint256[4] factors;
        G1 sumC;
        G1 sumD;
    }

    /// What is carried from proof to proof.
    /// @param pairs Room for all there could be.
    /// @param inputSum Σ ρ·IC(x) over all keys.
    struct Check {
        bytes pairs;
        uint256 pairCount;
        SetUse[] sets;
        uint256 setCount;
        bytes32 seed;
        uint256 equations;
        G1 inputSum;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external view {
        uint256 count = statements.length;
        if (count == 0) return;
        uint256 proofCount = 0;
        uint256[2][] memory challenges = new uint256[2][](count);
        Check memory check;
        for (uint256 i = 0; i < count; i++) {
            bytes calldata proofs = statements[i].proof;
            if (proofs.length == 0 || proofs.length % BusProofs.BYTES != 0)
                revert ProofLength(i, proofs.length);
            proofCount += proofs.count();
            bytes32 seed;
            (seed, challenges[i]) = _drawAndBalance(statements[i], i);
            check.seed = Transcript.append(check.seed, seed, proofs);
        }
        check.pairs = new bytes((3 * proofCount + count + 1) * Bn254.PAIR_BYTES);
        check.sets = new SetUse[](count);
        for (uint256 i = 0; i < count; i++) _addStatement(check, statements[i], challenges[i], i);
        for (uint256 i = 0; i < check.setCount; i++) _addSet(check, check.sets[i]);
        Bn254.negate(check.inputSum);
        _addPair(check, check.inputSum, Bn254.generator2());
        Bn254.truncate(check.pairs, check.pairCount);
        if (!Bn254.pairingIsOne(check.pairs)) revert InvalidProof();
    }

    /// Draws a statement's challenges, and checks that its bus is balanced under them.
    function _drawAndBalance(
        Statement calldata statement,
        uint256 index
    ) private view returns (bytes32 seed, uint256[2] memory challenges) {
        seed = Transcript.seedOf(statement.verificationKey, statement.words, statement.proof);
        (uint256 beta, uint256 gamma) = Transcript.challengesOf(seed);
        uint256 sums = 0;
        for (uint256 i = 0; i < statement.proof.count(); i++) {
            uint256 sum = statement.proof.at(i).sumOf();
            if (sum >= FIELD_MODULUS) revert SumOutOfField(index, i);
            sums = addmod(sums, sum, FIELD_MODULUS);
        }
        if (!Terms.balance(Terms.ofWords(statement.words, beta, gamma), sums)) revert BusNotBalanced(index);
        challenges = [beta, gamma];
    }

    function _addStatement(
        Check memory check,
        Statement calldata statement,
        uint256[2] memory challenges,
        uint256 index
    ) private view {
        SetUse memory set = _use(check, statement.verificationKey);
        bytes calldata proofs = statement.proof;
        for (uint256 i = 0; i < proofs.count(); i++) {
            bytes calldata proof = proofs.at(i);
            uint256 key = proof.keyOf();
            if (key >= set.uses.length) revert UnknownKey(index, i, key);
            uint256[4] memory inputs = [1, proof.sumOf(), challenges[0], challenges[1]];
            if (!_addProof(check, set, key, proof, inputs)) revert ProofNotOnCurve(index, i);
        }
    }

    /// The set of this name, read once.
    function _use(Check memory check, bytes32 name) private view returns (SetUse memory set) {
        for (uint256 i = 0; i < check.setCount; i++) if (check.sets[i].name == name) return check.sets[i];
        set = check.sets[check.setCount++];
        set.name = name;
        set.keys = _read(name);
        set.uses = new KeyUse[](_keyCount(set.keys.length));
    }

    /// Adds a proof to the sums of its key, and the pair (ρA, B).
    /// @return Whether all its points are on their curves.
    function _addProof(
        Check memory check,
        SetUse memory set,
        uint256 key,
        bytes memory proof,
        uint256[4] memory inputs
    ) private view returns (bool) {
        G1 memory a = Bn254.g1At(proof, BusProofs.A);
        G2 memory b = Bn254.g2At(proof, BusProofs.B);
        G1 memory c = Bn254.g1At(proof, BusProofs.C);
        G1 memory d = Bn254.g1At(proof, BusProofs.D);
        if (!Bn254.isOnCurve(a) || !Bn254.isOnCurve(b) || !Bn254.isOnCurve(c) || !Bn254.isOnCurve(d))
            return false;
        uint256 coefficient = Transcript.coefficientOf(check.seed, check.equations++);
        KeyUse memory use = set.uses[key];
        use.isUsed = true;
        set.alphaFactor = addmod(set.alphaFactor, coefficient, FIELD_MODULUS);
        for (uint256 i = 0; i < IC_POINTS; i++) {
            uint256 product = mulmod(coefficient, inputs[i], FIELD_MODULUS);
            use.factors[i] = addmod(use.factors[i], product, FIELD_MODULUS);
        }
        Bn254.scale(a, coefficient);
        Bn254.scale(c, coefficient);
        Bn254.scale(d, coefficient);
        Bn254.accumulate(use.sumC, c);
        Bn254.accumulate(use.sumD, d);
        _addPair(check, a, b);
        return true;
    }

    /// Adds what a set is paired with, on the other side of the equation: (−Σρ·α, β), and for each key
    /// (−Σρ·D, η) and (−Σρ·C, δ).
    function _addSet(Check memory check, SetUse memory set) private view {
        bytes memory keys = set.keys;
        G1 memory alpha = Bn254.g1At(keys, ALPHA);
        Bn254.scale(alpha, set.alphaFactor);
        Bn254.negate(alpha);
        _addPair(check, alpha, Bn254.g2At(keys, BETA));
        for (uint256 key = 0; key < set.uses.length; key++) {
            KeyUse memory use = set.uses[key];
            if (!use.isUsed) continue;
            uint256 start = _keyOffset(key);
            for (uint256 i = 0; i < IC_POINTS; i++) {
                G1 memory point = Bn254.g1At(keys, start + IC + 64 * i);
                Bn254.scale(point, use.factors[i]);
                Bn254.accumulate(check.inputSum, point);
            }
            Bn254.negate(use.sumC);
            Bn254.negate(use.sumD);
            _addPair(check, use.sumD, Bn254.g2At(keys, start + ETA));
            _addPair(check, use.sumC, Bn254.g2At(keys, start + DELTA));
        }
    }

    function _addPair(Check memory check, G1 memory a, G2 memory b) private pure {
        Bn254.writePair(check.pairs, check.pairCount++, a, b);
    }
}
