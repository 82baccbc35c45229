// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {Bn254} from "../Bn254.sol";
import {coefficientOf} from "../Coefficient.sol";
import {Place, Places} from "../Place.sol";
import {BusProof, BusProofs} from "./BusProofs.sol";
import {CodeRegistry} from "./CodeRegistry.sol";
import {Check, Equations, SetUse} from "./Equations.sol";
import {Bus, Terms} from "./Terms.sol";
import {Transcript} from "./Transcript.sol";

/// A statement whose challenges are drawn, and whose bus is balanced.
/// @param index Of the statement. @param set Of its keys.
/// @param products For each slot, the product of all proofs' products.
struct OpenedStatement {
    uint256 index;
    SetUse set;
    BusProof proof;
    bytes32 seed;
    Bus bus;
    Place products;
}

/// @title The codes of a statement
/// @notice The rows of a code that a statement's proofs vouch for are rows of that code: with P the product
/// of γ − row over them, and of what stands for the code in its slot, (γ − E)·Z_T(γ) = P·Q(γ) for a Q that
/// was fixed before γ.
abstract contract CodeOpenings is CodeRegistry {
    using BusProofs for BusProof;
    using Equations for Check;
    using Terms for Bus;

    /// Multiplies the products of each slot, and checks that each slot in use has a code.
    /// @return sum Of all proofs' parts of the bus.
    function _readInputs(OpenedStatement memory opened) internal pure returns (uint256 sum) {
        unchecked {
            BusProof memory proof = opened.proof;
            uint256 slots = opened.set.slots;
            // The first proof's are the products so far.
            Place products = Places.allocateWords(32 * slots);
            products.set(proof.proofs.plus(BusProofs.PRODUCTS), 32 * slots);
            opened.products = products;
            // Bit of each slot whose product is not 1 in some proof.
            uint256 used = 0;
            Place inputs = proof.proofs.plus(BusProofs.SUM);
            for (uint256 i = 0; i < proof.count; i++) {
                uint256 input = inputs.wordAt(0);
                uint256 greatest = input;
                sum = addmod(sum, input, FIELD_MODULUS);
                for (uint256 slot = 0; slot < slots; slot++) {
                    input = inputs.wordAt(32 + 32 * slot);
                    if (input == 1) continue;
                    if (input > greatest) greatest = input;
                    used |= 1 << slot;
                    if (i == 0) continue;
                    products.setWord(32 * slot, mulmod(products.wordAt(32 * slot), input, FIELD_MODULUS));
                }
                if (greatest >= FIELD_MODULUS) revert InputOutOfField(opened.index, i);
                inputs = inputs.plus(proof.stride);
            }
            _requireCodes(opened, slots, used);
        }
    }

    /// Slots without a code have the product 1 in each proof: with any other one a proof could vouch for rows
    /// that nothing is compared with.
    function _requireCodes(OpenedStatement memory opened, uint256 slots, uint256 used) private pure {
        unchecked {
            BusProof memory proof = opened.proof;
            // The slot after the last one that has a code.
            uint256 next = 0;
            for (uint256 i = 0; i < proof.codeCount; i++) {
                uint256 slot = proof.codeAt(i).wordAt(BusProofs.SLOT);
                if (slot < next || slot >= slots) revert SlotsNotAscending(opened.index);
                used &= ~(1 << slot);
                next = slot + 1;
            }
            if (used == 0) return;
            uint256 first = 0;
            while ((used >> first) & 1 == 0) first++;
            revert SlotNotOpened(opened.index, first);
        }
    }

    /// Adds the equation of a statement's codes: ρ·(Σ r·((γ − E)·C_T − P·C_Q) + γ·W) is paired with the
    /// generator, and −ρ·W with τ.
    function _openCodes(Check memory check, OpenedStatement memory opened) internal view {
        unchecked {
            BusProof memory proof = opened.proof;
            uint256 coefficient = check.next();
            Place w = proof.openingOf();
            if (!Bn254.isOnCurve(w)) revert OpeningNotOnCurve();
            check.addOpening(opened.set, w, opened.bus.gamma, coefficient);
            // The first r is 1.
            bytes32 seed = proof.codeCount == 1 ? bytes32(0) : Transcript.openingSeedOf(opened.seed, proof);
            for (uint256 i = 0; i < proof.codeCount; i++) {
                uint256 factor = mulmod(coefficientOf(seed, i), coefficient, FIELD_MODULUS);
                _addCode(check.generatorSum, opened, proof.codeAt(i), factor);
            }
        }
    }

    /// `sum := sum − factor·((γ − E)·C_T − P·C_Q)`
    function _addCode(Place sum, OpenedStatement memory opened, Place code, uint256 factor) private view {
        unchecked {
            bytes32 codeHash = bytes32(code.wordAt(BusProofs.CODE_HASH));
            uint256 slot = code.wordAt(BusProofs.SLOT);
            Place table = Places.allocateWords(Bn254.G1_BYTES);
            if (!_readCommitment(opened.set.tau, codeHash, table)) revert UnknownCode(opened.index, codeHash);
            Bn254.addScaled(sum, table, mulmod(opened.bus.ofCode(slot, codeHash), factor, FIELD_MODULUS));
            Place quotient = code.plus(BusProofs.QUOTIENT);
            if (!Bn254.isOnCurve(quotient)) revert OpeningNotOnCurve();
            uint256 product = opened.products.wordAt(32 * slot);
            Bn254.addScaled(sum, quotient, mulmod(product, factor, FIELD_MODULUS));
        }
    }
}
