// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {Bn254} from "../Bn254.sol";
import {coefficientOf} from "../Coefficient.sol";
import {Place, Places} from "../Place.sol";
import {BusProofs} from "./BusProofs.sol";
import {KeyLayout} from "./KeyLayout.sol";
import {Bus} from "./Terms.sol";

/// A set in use, with the sums of what is paired with its points.
/// @param keys The encoded set. @param keyCount Its keys.
/// @param tau Name of its powers of tau.
/// @param alphaFactor Σ ρ.
/// @param uses For each key {Equations.useBytes}.
/// @param openings Σ −ρ·W; nowhere without an opening.
struct SetUse {
    bytes32 name;
    Place keys;
    uint256 keyCount;
    uint256 slots;
    bytes32 tau;
    uint256 alphaFactor;
    Place uses;
    Place openings;
}

/// What is carried from equation to equation.
/// @param seed That of the coefficients.
/// @param pairs Room for all there could be.
/// @param generatorSum What is paired with the generator on the other side: Σ ρ·IC(x), less the openings;
/// nowhere as long as nothing is.
struct Check {
    SetUse[] sets;
    uint256 setCount;
    bytes32 seed;
    uint256 equations;
    Place pairs;
    uint256 pairCount;
    Place generatorSum;
}

/// @title Equations, added up
/// @notice {BusProofSystem} says which they are. What is paired with the same point is added up first: n
/// proofs under k keys of one set take n + 2k + 2 pairs, and one more for any number of codes.
library Equations {
    /// Where the number of proofs, Σ ρ·C, Σ ρ·D and the factors of IC_0, IC_1, … lie in the use of a key:
    /// Σ ρ, Σ ρ·sum, Σ ρ·p_k, Σ ρ·β, Σ ρ·γ.
    uint256 private constant PROOFS = 0;
    uint256 private constant SUM_C = 32;
    uint256 private constant SUM_D = SUM_C + Bn254.SUM_BYTES;
    uint256 private constant FACTORS = SUM_D + Bn254.SUM_BYTES;

    /// Bytes of the use of a key.
    function useBytes(uint256 slots) internal pure returns (uint256) {
        unchecked {
            return FACTORS + 32 * (KeyLayout.IC_POINTS + slots);
        }
    }

    /// Takes memory for pairs.
    /// @param maxPairs If each proof had a key of its own, and each statement a set of its own.
    function start(Check memory check, uint256 maxPairs) internal pure {
        unchecked {
            check.pairs = Places.allocateWords(maxPairs * Bn254.PAIR_BYTES);
        }
    }

    /// The coefficient of the next equation.
    function next(Check memory check) internal pure returns (uint256) {
        unchecked {
            return coefficientOf(check.seed, check.equations++);
        }
    }

    /// Adds a proof to the sums of its key, and the pair (ρA, B).
    function addProof(
        Check memory check,
        SetUse memory set,
        Bus memory bus,
        Place proof,
        uint256 key
    ) internal view {
        unchecked {
            uint256 coefficient = next(check);
            set.alphaFactor = addmod(set.alphaFactor, coefficient, FIELD_MODULUS);
            Place pair = _nextPair(check);
            pair.set(proof.plus(BusProofs.A), Bn254.PAIR_BYTES);
            Bn254.scale(pair, coefficient);
            Place use = set.uses.plus(key * useBytes(set.slots));
            uint256 proofs = use.wordAt(PROOFS);
            use.setWord(PROOFS, proofs + 1);
            _addPoint(use.plus(SUM_C), proof.plus(BusProofs.C), coefficient, proofs == 0);
            _addPoint(use.plus(SUM_D), proof.plus(BusProofs.D), coefficient, proofs == 0);
            _addFactors(use.plus(FACTORS), bus, proof.plus(BusProofs.SUM), set.slots, coefficient);
        }
    }

    /// Adds ρ·γ·W to what is paired with the generator, and −ρ·W to what is paired with τ.
    function addOpening(
        Check memory check,
        SetUse memory set,
        Place w,
        uint256 gamma,
        uint256 coefficient
    ) internal view {
        unchecked {
            bool isFirst = set.openings.isNowhere();
            if (isFirst) set.openings = Places.allocateWords(Bn254.SUM_BYTES);
            _addPoint(set.openings, w, FIELD_MODULUS - coefficient, isFirst);
            isFirst = check.generatorSum.isNowhere();
            if (isFirst) check.generatorSum = Places.allocateWords(Bn254.SUM_BYTES);
            uint256 scalar = mulmod(gamma, coefficient, FIELD_MODULUS);
            // On the other side, where all that is paired with the generator is.
            _addPoint(check.generatorSum, w, FIELD_MODULUS - scalar, isFirst);
        }
    }

    /// Whether all equations hold, when everything is added.
    function hold(Check memory check) internal view returns (bool) {
        unchecked {
            if (check.generatorSum.isNowhere()) check.generatorSum = _zeroSum();
            for (uint256 i = 0; i < check.setCount; i++) _addSet(check, check.sets[i]);
            Bn254.negate(check.generatorSum);
            Place pair = _nextPair(check);
            pair.set(check.generatorSum, Bn254.G1_BYTES);
            Bn254.writeGenerator2(pair.plus(Bn254.G1_BYTES));
            return Bn254.pairingIsOne(check.pairs, check.pairCount);
        }
    }

    /// `sum := sum + scalar·point`
    function _addPoint(Place sum, Place point, uint256 scalar, bool isFirst) private view {
        if (!isFirst) return Bn254.addScaled(sum, point, scalar);
        sum.set(point, Bn254.G1_BYTES);
        Bn254.scale(sum, scalar);
    }

    /// Public inputs in their order: 1, the sum and the products, β, γ.
    /// @param inputs The sum and the products.
    function _addFactors(
        Place factors,
        Bus memory bus,
        Place inputs,
        uint256 slots,
        uint256 coefficient
    ) private pure {
        unchecked {
            _addFactor(factors, coefficient, 1);
            for (uint256 i = 0; i <= slots; i++) {
                factors = factors.plus(32);
                _addFactor(factors, coefficient, inputs.wordAt(32 * i));
            }
            _addFactor(factors.plus(32), coefficient, bus.beta);
            _addFactor(factors.plus(64), coefficient, bus.gamma);
        }
    }

    function _addFactor(Place factor, uint256 coefficient, uint256 input) private pure {
        uint256 product = mulmod(coefficient, input, FIELD_MODULUS);
        factor.setWord(0, addmod(factor.wordAt(0), product, FIELD_MODULUS));
    }

    /// Adds what a set is paired with, on the other side of the equation: (−Σρ·α, β), for each key (−Σρ·D, η)
    /// and (−Σρ·C, δ), and the openings.
    function _addSet(Check memory check, SetUse memory set) private view {
        unchecked {
            Place pair = _nextPair(check);
            pair.set(set.keys.plus(KeyLayout.ALPHA), Bn254.PAIR_BYTES);
            Bn254.scale(pair, set.alphaFactor);
            Bn254.negate(pair);
            uint256 stride = KeyLayout.keyBytes(set.slots);
            uint256 useStride = useBytes(set.slots);
            Place key = set.keys.plus(KeyLayout.HEADER_BYTES);
            Place use = set.uses;
            for (uint256 i = 0; i < set.keyCount; i++) {
                if (use.wordAt(PROOFS) != 0) {
                    _addInputs(check, key.plus(KeyLayout.IC), use.plus(FACTORS), set.slots);
                    _addNegated(check, use.plus(SUM_D), key.plus(KeyLayout.ETA));
                    _addNegated(check, use.plus(SUM_C), key.plus(KeyLayout.DELTA));
                }
                key = key.plus(stride);
                use = use.plus(useStride);
            }
            if (set.openings.isNowhere()) return;
            _addPair(check, set.openings, set.keys.plus(KeyLayout.TAU));
        }
    }

    /// Adds Σ ρ·IC(x) of a key. Points with the same factor as IC_0, as those of slots without a code have
    /// it, are added up before they are scaled.
    /// @param points IC_0, IC_1, …
    function _addInputs(Check memory check, Place points, Place factors, uint256 slots) private view {
        unchecked {
            Place sum = check.generatorSum;
            Place first = Places.allocateWords(Bn254.SUM_BYTES);
            first.set(points, Bn254.G1_BYTES);
            uint256 factor = factors.wordAt(0);
            for (uint256 i = KeyLayout.IC_POINTS + slots - 1; i != 0; i--) {
                points = points.plus(Bn254.G1_BYTES);
                factors = factors.plus(32);
                uint256 other = factors.wordAt(0);
                if (other == factor) Bn254.addScaled(first, points, 1);
                else Bn254.addScaled(sum, points, other);
            }
            Bn254.addScaled(sum, first, factor);
        }
    }

    function _addNegated(Check memory check, Place a, Place b) private pure {
        Bn254.negate(a);
        _addPair(check, a, b);
    }

    function _addPair(Check memory check, Place a, Place b) private pure {
        Place pair = _nextPair(check);
        pair.set(a, Bn254.G1_BYTES);
        pair.plus(Bn254.G1_BYTES).set(b, Bn254.G2_BYTES);
    }

    function _nextPair(Check memory check) private pure returns (Place) {
        unchecked {
            return check.pairs.plus(check.pairCount++ * Bn254.PAIR_BYTES);
        }
    }

    function _zeroSum() private pure returns (Place sum) {
        sum = Places.allocateWords(Bn254.SUM_BYTES);
        sum.clear(Bn254.G1_BYTES);
    }
}
