// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {IProofSystem, Statement} from "../../interfaces/IProofSystem.sol";
import {Bn254, G1, G2} from "../Bn254.sol";
import {coefficientOf} from "../Coefficient.sol";
import {BusProof, BusProofs} from "./BusProofs.sol";
import {CallerProxies} from "./CallerProxies.sol";
import {CodeOpenings, OpenedStatement} from "./CodeOpenings.sol";
import {KeySets} from "./KeySets.sol";
import {Place, Places} from "./Place.sol";
import {PrecompileCheck} from "./PrecompileCheck.sol";
import {Questions} from "./Questions.sol";
import {StatementActions} from "./StatementActions.sol";
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
contract BusProofSystem is KeySets, CodeOpenings, StatementActions {
    using BusProofs for bytes;
    using BusProofs for BusProof;
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

    /// @param factors Those of IC_0, IC_1, …: Σ ρ, Σ ρ·sum, Σ ρ·p_k, Σ ρ·β, Σ ρ·γ. Empty without a proof.
    /// @param sumC Σ ρ·C.
    /// @param sumD Σ ρ·D.
    struct KeyUse {
        uint256[] factors;
        G1 sumC;
        G1 sumD;
    }

    /// What is carried from equation to equation.
    /// @param pairs Room for all there could be.
    /// @param seed That of the coefficients.
    /// @param generatorSum What is paired with the generator on the other side: Σ ρ·IC(x), less the openings.
    struct Check {
        bytes pairs;
        uint256 pairCount;
        SetUse[] sets;
        uint256 setCount;
        bytes32 seed;
        uint256 equations;
        G1 generatorSum;
    }

    /// @param proxyInitCode Init code of {CrossChainProxy}, without its arguments, as the system contract of
    /// the rollups has it whose statements will be verified.
    constructor(bytes memory proxyInitCode) CallerProxies(proxyInitCode) {
        PrecompileCheck.run();
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
        OpenedStatement[] memory opened = new OpenedStatement[](count);
        uint256 proofCount = 0;
        for (uint256 i = 0; i < count; i++) {
            OpenedStatement memory statement = opened[i];
            statement.index = i;
            _open(check, statement, statements[i]);
            proofCount += statement.proof.count;
            check.seed = Transcript.append(check.seed, statement.seed, statement.proof);
        }
        // If each proof had a key of its own, and each statement a set of its own.
        check.pairs = new bytes((3 * proofCount + 2 * count + 1) * Bn254.PAIR_BYTES);
        _addEquations(check, opened);
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
        OpenedStatement memory opened,
        Statement calldata statement
    ) private view {
        opened.setIndex = _use(check, statement.verificationKey);
        SetUse memory set = check.sets[opened.setIndex];
        opened.tau = set.tau;
        opened.slots = set.slots;
        bytes calldata proof = statement.proof;
        bool isWhole;
        (opened.proof, isWhole) = proof.read(set.slots);
        if (!isWhole) revert ProofLength(opened.index, proof.length);
        opened.bus = _send(opened, statement, proof[opened.proof.size:]);
        uint256 sum = _readInputs(opened);
        if (!opened.bus.isBalanced(sum)) revert BusNotBalanced(opened.index);
    }

    /// Draws the challenges, and sends all that L1 says.
    function _send(
        OpenedStatement memory opened,
        Statement calldata statement,
        bytes calldata questions
    ) private view returns (Bus memory bus) {
        uint256[] calldata words = statement.words;
        uint256 size = 32 * words.length;
        uint256 from;
        assembly ("memory-safe") {
            from := words.offset
        }
        Place copied = Places.copyWords(from, size);
        opened.seed = Transcript.seedOf(
            statement.verificationKey,
            copied.hash(size),
            keccak256(questions),
            opened.proof
        );
        (uint256 beta, uint256 gamma) = Transcript.challengesOf(opened.seed);
        bus = Terms.start(beta, gamma);
        bus.sendWords(copied, words.length);
        _sendActions(bus, words);
        if (!Questions.answer(bus, questions)) revert QuestionsLength(opened.index);
    }

    /// The set of this name, read once.
    function _use(Check memory check, bytes32 name) private view returns (uint256 index) {
        while (index < check.setCount && check.sets[index].name != name) index++;
        if (index != check.setCount) return index;
        check.setCount = index + 1;
        SetUse memory set = check.sets[index];
        set.name = name;
        set.keys = _read(name);
        set.slots = _slotsOf(set.keys);
        set.tau = _tauOf(set.keys);
        set.uses = new KeyUse[]((set.keys.length - HEADER_BYTES) / _keyBytes(set.slots));
    }

    // -------------------------------------------------------------------------------------------- equations

    function _addEquations(Check memory check, OpenedStatement[] memory opened) private view {
        for (uint256 i = 0; i < opened.length; i++) _addStatement(check, opened[i]);
        for (uint256 i = 0; i < check.setCount; i++) _addSet(check, check.sets[i]);
    }

    /// Adds the equations of a statement: of each of its proofs, and of its codes.
    function _addStatement(Check memory check, OpenedStatement memory opened) private view {
        SetUse memory set = check.sets[opened.setIndex];
        for (uint256 i = 0; i < opened.proof.count; i++)
            _addProof(check, opened, set, opened.proof.proofAt(i), i);
        if (opened.proof.codeCount == 0) return;
        uint256 coefficient = coefficientOf(check.seed, check.equations++);
        (G1 memory sum, G1 memory scaledW) = _openCodes(opened, coefficient);
        Bn254.negate(sum);
        Bn254.accumulate(check.generatorSum, sum);
        Bn254.accumulate(set.openings, scaledW);
    }

    /// Adds a proof to the sums of its key, and the pair (ρA, B).
    function _addProof(
        Check memory check,
        OpenedStatement memory opened,
        SetUse memory set,
        Place proof,
        uint256 index
    ) private view {
        G1 memory a = proof.g1At(BusProofs.A);
        G2 memory b = proof.g2At(BusProofs.B);
        G1 memory c = proof.g1At(BusProofs.C);
        G1 memory d = proof.g1At(BusProofs.D);
        if (!Bn254.isOnCurve(a) || !Bn254.isOnCurve(b) || !Bn254.isOnCurve(c) || !Bn254.isOnCurve(d))
            revert ProofNotOnCurve(opened.index, index);
        uint256 key = proof.wordAt(BusProofs.KEY);
        if (key >= set.uses.length) revert UnknownKey(opened.index, index, key);
        uint256 coefficient = coefficientOf(check.seed, check.equations++);
        set.alphaFactor = addmod(set.alphaFactor, coefficient, FIELD_MODULUS);
        Bn254.scale(a, coefficient);
        Bn254.scale(c, coefficient);
        Bn254.scale(d, coefficient);
        _addPair(check, a, b);
        KeyUse memory use = set.uses[key];
        if (use.factors.length == 0) {
            use.factors = new uint256[](4 + set.slots);
            use.sumC = c;
            use.sumD = d;
        } else {
            Bn254.accumulate(use.sumC, c);
            Bn254.accumulate(use.sumD, d);
        }
        _addFactors(use.factors, opened.bus, proof.plus(BusProofs.SUM), coefficient);
    }

    /// Public inputs in their order: 1, the sum and the products, β, γ.
    /// @param inputs The sum and the products.
    function _addFactors(
        uint256[] memory factors,
        Bus memory bus,
        Place inputs,
        uint256 coefficient
    ) private pure {
        unchecked {
            uint256 last = factors.length - 1;
            _addFactor(factors, 0, coefficient, 1);
            for (uint256 i = 1; i < last - 1; i++)
                _addFactor(factors, i, coefficient, inputs.wordAt(32 * (i - 1)));
            _addFactor(factors, last - 1, coefficient, bus.beta);
            _addFactor(factors, last, coefficient, bus.gamma);
        }
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
}
