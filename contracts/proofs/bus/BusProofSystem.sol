// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {IProofSystem, Statement} from "../../interfaces/IProofSystem.sol";
import {Bn254, G1, G2} from "../Bn254.sol";
import {coefficientOf} from "../Coefficient.sol";
import {BusProofs, Layout} from "./BusProofs.sol";
import {CodeRegistry} from "./CodeRegistry.sol";
import {KeySets} from "./KeySets.sol";
import {Bus, Terms} from "./Terms.sol";
import {Transcript} from "./Transcript.sol";

/// @title Groth16 proofs on a bus: any number of statements in one pairing call
/// @notice A proof (A, B, C, D) of public inputs x under a key (δ, η, IC) of a set (α, β) holds if
///
///     e(A, B) = e(α, β) · e(IC_0 + Σ x_i IC_i, 1) · e(D, η) · e(C, δ)
///
/// and the codes of a statement, each with P = Π p over its proofs, are opened at γ by W if
///
///     e(Σ r·((γ − E)·C_T − P·C_Q) + γ·W, 1) = e(W, τ)
///
/// All equations are checked at once: each is raised to a coefficient ρ that depends on everything, and the
/// product of all must hold. With a false equation among them it does not, but for a chance of about 2^-127.
/// What is paired with the same point is added up first: n proofs under k keys of one set take n + 2k + 2
/// pairs, and one more for any number of codes.
contract BusProofSystem is KeySets, CodeRegistry {
    using BusProofs for bytes;
    using Terms for Bus;

    /// A set in use, with the sums of what is paired with its points.
    /// @param keys The encoded set.
    /// @param tau Name of its powers of tau.
    /// @param alphaFactor Σ ρ.
    /// @param uses One for each key.
    /// @param openings Σ ρ·W.
    struct SetUse {
        bytes32 name;
        bytes keys;
        uint256 slots;
        bytes32 tau;
        uint256 alphaFactor;
        KeyUse[] uses;
        G1 openings;
    }

    /// @param factors Those of IC_0, IC_1, …: Σ ρ, Σ ρ·sum, Σ ρ·p_k, Σ ρ·β, Σ ρ·γ.
    /// @param sumC Σ ρ·C.
    /// @param sumD Σ ρ·D.
    struct KeyUse {
        uint256[] factors;
        G1 sumC;
        G1 sumD;
    }

    /// A statement whose challenges are drawn.
    /// @param products P for each slot.
    struct Opened {
        SetUse set;
        Layout layout;
        bytes32 seed;
        Bus bus;
        uint256[] products;
    }

    /// What is carried from equation to equation.
    /// @param pairs Room for all there could be.
    /// @param seed That of the coefficients.
    /// @param coefficient ρ of the equation at hand.
    /// @param generatorSum What is paired with the generator on the other side: Σ ρ·IC(x), less the openings.
    struct Check {
        bytes pairs;
        uint256 pairCount;
        SetUse[] sets;
        uint256 setCount;
        bytes32 seed;
        uint256 equations;
        uint256 coefficient;
        G1 generatorSum;
    }

    /// @inheritdoc IProofSystem
    function dataWordBytes() external pure returns (uint256) {
        return 32;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external view {
        uint256 count = statements.length;
        if (count == 0) return;
        Check memory check;
        check.sets = new SetUse[](count);
        Opened[] memory opened = new Opened[](count);
        uint256 proofCount = 0;
        for (uint256 i = 0; i < count; i++) {
            opened[i] = _open(check, statements[i], i);
            proofCount += opened[i].layout.count;
            check.seed = Transcript.append(check.seed, opened[i].seed, statements[i].proof);
        }
        // If each proof had a key of its own, and each statement a set of its own.
        check.pairs = new bytes((3 * proofCount + 2 * count + 1) * Bn254.PAIR_BYTES);
        for (uint256 i = 0; i < count; i++) {
            for (uint256 j = 0; j < opened[i].layout.count; j++)
                _addProof(check, opened[i], statements[i].proof.proofAt(opened[i].layout, j), i, j);
            if (opened[i].layout.codes > 0) _addCodes(check, opened[i], statements[i].proof, i);
        }
        for (uint256 i = 0; i < check.setCount; i++) _addSet(check, check.sets[i]);
        Bn254.negate(check.generatorSum);
        _addPair(check, check.generatorSum, Bn254.generator2());
        Bn254.truncate(check.pairs, check.pairCount);
        if (!Bn254.pairingIsOne(check.pairs)) revert InvalidProof();
    }

    // -------------------------------------------------------------------------------------------------- bus

    /// Draws a statement's challenges, and checks that its bus is balanced under them and that all slots in
    /// use have a code.
    function _open(
        Check memory check,
        Statement calldata statement,
        uint256 index
    ) private view returns (Opened memory opened) {
        bytes calldata proof = statement.proof;
        opened.set = _use(check, statement.verificationKey);
        bool isWhole;
        (opened.layout, isWhole) = proof.layoutOf(opened.set.slots);
        if (!isWhole) revert ProofLength(index, proof.length);
        opened.seed = Transcript.seedOf(statement.verificationKey, statement.words, proof, opened.layout);
        (uint256 beta, uint256 gamma) = Transcript.challengesOf(opened.seed);
        opened.bus = Terms.start(beta, gamma);
        opened.bus.sendWords(statement.words);
        if (!opened.bus.isBalanced(_readInputs(opened, proof, index))) revert BusNotBalanced(index);
        _requireCodes(opened, proof, index);
    }

    /// Multiplies the products of each slot.
    /// @return sums Of all proofs' parts of the bus.
    function _readInputs(
        Opened memory opened,
        bytes calldata proof,
        uint256 index
    ) private pure returns (uint256 sums) {
        uint256 slots = opened.set.slots;
        opened.products = new uint256[](slots);
        for (uint256 slot = 0; slot < slots; slot++) opened.products[slot] = 1;
        for (uint256 i = 0; i < opened.layout.count; i++) {
            bytes calldata part = proof.proofAt(opened.layout, i);
            uint256 sum = part.wordAt(BusProofs.SUM);
            bool isInField = sum < FIELD_MODULUS;
            sums = addmod(sums, sum, FIELD_MODULUS);
            for (uint256 slot = 0; slot < slots; slot++) {
                uint256 product = part.wordAt(BusProofs.PRODUCTS + 32 * slot);
                isInField = isInField && product < FIELD_MODULUS;
                opened.products[slot] = mulmod(opened.products[slot], product, FIELD_MODULUS);
            }
            if (!isInField) revert InputOutOfField(index, i);
        }
    }

    /// Slots without a code have the product 1 in each proof: with any other one a proof could vouch for rows
    /// that nothing is compared with.
    function _requireCodes(Opened memory opened, bytes calldata proof, uint256 index) private pure {
        uint256 next = 0;
        for (uint256 i = 0; i <= opened.layout.codes; i++) {
            uint256 slot = opened.set.slots;
            if (i < opened.layout.codes) {
                slot = proof.codeAt(opened.layout, i).wordAt(0);
                if (slot < next || slot >= opened.set.slots) revert SlotsNotAscending(index);
            }
            for (; next < slot; next++)
                for (uint256 j = 0; j < opened.layout.count; j++)
                    if (proof.proofAt(opened.layout, j).wordAt(BusProofs.PRODUCTS + 32 * next) != 1)
                        revert SlotNotOpened(index, next);
            next = slot + 1;
        }
    }

    /// The set of this name, read once.
    function _use(Check memory check, bytes32 name) private view returns (SetUse memory set) {
        for (uint256 i = 0; i < check.setCount; i++) if (check.sets[i].name == name) return check.sets[i];
        set = check.sets[check.setCount++];
        set.name = name;
        set.keys = _read(name);
        set.slots = _slotsOf(set.keys);
        set.tau = _tauOf(set.keys);
        set.uses = new KeyUse[]((set.keys.length - HEADER_BYTES) / _keyBytes(set.slots));
    }

    // -------------------------------------------------------------------------------------------- equations

    /// Adds a proof to the sums of its key, and the pair (ρA, B).
    function _addProof(
        Check memory check,
        Opened memory opened,
        bytes memory proof,
        uint256 statement,
        uint256 index
    ) private view {
        G1 memory a = Bn254.g1At(proof, BusProofs.A);
        G2 memory b = Bn254.g2At(proof, BusProofs.B);
        G1 memory c = Bn254.g1At(proof, BusProofs.C);
        G1 memory d = Bn254.g1At(proof, BusProofs.D);
        if (!Bn254.isOnCurve(a) || !Bn254.isOnCurve(b) || !Bn254.isOnCurve(c) || !Bn254.isOnCurve(d))
            revert ProofNotOnCurve(statement, index);
        uint256 key = _wordAt(proof, 0);
        SetUse memory set = opened.set;
        if (key >= set.uses.length) revert UnknownKey(statement, index, key);
        KeyUse memory use = set.uses[key];
        uint256 coefficient = coefficientOf(check.seed, check.equations++);
        set.alphaFactor = addmod(set.alphaFactor, coefficient, FIELD_MODULUS);
        _addFactors(use, opened, proof, coefficient);
        Bn254.scale(a, coefficient);
        Bn254.scale(c, coefficient);
        Bn254.scale(d, coefficient);
        Bn254.accumulate(use.sumC, c);
        Bn254.accumulate(use.sumD, d);
        _addPair(check, a, b);
    }

    /// Public inputs in their order: 1, the sum and the products, β, γ.
    function _addFactors(
        KeyUse memory use,
        Opened memory opened,
        bytes memory proof,
        uint256 coefficient
    ) private pure {
        uint256 inputs = 1 + opened.set.slots;
        if (use.factors.length == 0) use.factors = new uint256[](inputs + 3);
        uint256[] memory factors = use.factors;
        _addFactor(factors, 0, coefficient, 1);
        for (uint256 i = 0; i < inputs; i++)
            _addFactor(factors, 1 + i, coefficient, _wordAt(proof, BusProofs.SUM + 32 * i));
        _addFactor(factors, 1 + inputs, coefficient, opened.bus.beta);
        _addFactor(factors, 2 + inputs, coefficient, opened.bus.gamma);
    }

    function _addFactor(
        uint256[] memory factors,
        uint256 index,
        uint256 coefficient,
        uint256 input
    ) private pure {
        uint256 product = mulmod(coefficient, input, FIELD_MODULUS);
        factors[index] = addmod(factors[index], product, FIELD_MODULUS);
    }

    /// Adds the opening of a statement's codes: subtracts from what is paired with the generator, and adds to
    /// what is paired with τ.
    function _addCodes(
        Check memory check,
        Opened memory opened,
        bytes calldata proof,
        uint256 index
    ) private view {
        bytes memory encoded = proof.openingOf();
        G1 memory w = Bn254.g1At(encoded, 0);
        if (!Bn254.isOnCurve(w)) revert OpeningNotOnCurve();
        check.coefficient = coefficientOf(check.seed, check.equations++);
        G1 memory sum = _sumCodes(check, opened, proof, index);
        G1 memory scaled = G1(w.x, w.y);
        Bn254.scale(scaled, mulmod(opened.bus.gamma, check.coefficient, FIELD_MODULUS));
        Bn254.accumulate(sum, scaled);
        Bn254.negate(sum);
        Bn254.accumulate(check.generatorSum, sum);
        Bn254.scale(w, check.coefficient);
        Bn254.accumulate(opened.set.openings, w);
    }

    /// Σ ρ·r·((γ − E)·C_T − P·C_Q) over all codes of a statement.
    function _sumCodes(
        Check memory check,
        Opened memory opened,
        bytes calldata proof,
        uint256 index
    ) private view returns (G1 memory sum) {
        bytes32 seed = Transcript.openingSeedOf(opened.seed, proof, opened.layout);
        for (uint256 i = 0; i < opened.layout.codes; i++) {
            uint256 coefficient = coefficientOf(seed, i);
            coefficient = mulmod(coefficient, check.coefficient, FIELD_MODULUS);
            _addCode(sum, opened, proof.codeAt(opened.layout, i), coefficient, index);
        }
    }

    /// `sum := sum + r·((γ − E)·C_T − P·C_Q)`
    function _addCode(
        G1 memory sum,
        Opened memory opened,
        bytes memory code,
        uint256 coefficient,
        uint256 index
    ) private view {
        uint256 slot = _wordAt(code, 0);
        bytes32 codeHash = bytes32(_wordAt(code, BusProofs.CODE_HASH));
        G1 memory table = _commitmentOf(opened.set.tau, codeHash);
        if (table.y == 0) revert UnknownCode(index, codeHash);
        G1 memory quotient = Bn254.g1At(code, BusProofs.QUOTIENT);
        if (!Bn254.isOnCurve(quotient)) revert OpeningNotOnCurve();
        Bn254.scale(table, mulmod(opened.bus.ofCode(slot, codeHash), coefficient, FIELD_MODULUS));
        Bn254.accumulate(sum, table);
        Bn254.scale(quotient, mulmod(opened.products[slot], coefficient, FIELD_MODULUS));
        Bn254.negate(quotient);
        Bn254.accumulate(sum, quotient);
    }

    /// Adds what a set is paired with, on the other side of the equation: (−Σρ·α, β), for each key (−Σρ·D, η)
    /// and (−Σρ·C, δ), and the openings.
    function _addSet(Check memory check, SetUse memory set) private view {
        bytes memory keys = set.keys;
        G1 memory alpha = Bn254.g1At(keys, ALPHA);
        Bn254.scale(alpha, set.alphaFactor);
        Bn254.negate(alpha);
        _addPair(check, alpha, Bn254.g2At(keys, BETA));
        uint256 stride = _keyBytes(set.slots);
        for (uint256 key = 0; key < set.uses.length; key++) {
            KeyUse memory use = set.uses[key];
            if (use.factors.length == 0) continue;
            uint256 start = HEADER_BYTES + key * stride;
            for (uint256 i = 0; i < use.factors.length; i++) {
                G1 memory point = Bn254.g1At(keys, start + IC + 64 * i);
                Bn254.scale(point, use.factors[i]);
                Bn254.accumulate(check.generatorSum, point);
            }
            Bn254.negate(use.sumC);
            Bn254.negate(use.sumD);
            _addPair(check, use.sumD, Bn254.g2At(keys, start + ETA));
            _addPair(check, use.sumC, Bn254.g2At(keys, start + DELTA));
        }
        if (set.openings.y == 0) return;
        Bn254.negate(set.openings);
        _addPair(check, set.openings, Bn254.g2At(keys, TAU));
    }

    function _addPair(Check memory check, G1 memory a, G2 memory b) private pure {
        Bn254.writePair(check.pairs, check.pairCount++, a, b);
    }

    function _wordAt(bytes memory part, uint256 offset) private pure returns (uint256 word) {
        assert(offset + 32 <= part.length);
        assembly ("memory-safe") {
            word := mload(add(add(part, 32), offset))
        }
    }
}
