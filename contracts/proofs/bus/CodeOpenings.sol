// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {Bn254, G1} from "../Bn254.sol";
import {coefficientOf} from "../Coefficient.sol";
import {BusProof, BusProofs} from "./BusProofs.sol";
import {CodeRegistry} from "./CodeRegistry.sol";
import {Place} from "./Place.sol";
import {Bus, Terms} from "./Terms.sol";
import {Transcript} from "./Transcript.sol";

/// A statement whose challenges are drawn, and whose bus is balanced.
/// @param index Of the statement. @param setIndex Of its set among those in use.
/// @param tau Name of the powers of tau. @param slots Of the set.
/// @param products For each slot, the product of all proofs' products.
struct OpenedStatement {
    uint256 index;
    uint256 setIndex;
    bytes32 tau;
    uint256 slots;
    BusProof proof;
    bytes32 seed;
    Bus bus;
    uint256[] products;
}

/// @title The codes of a statement
/// @notice The rows of a code that a statement's proofs vouch for are rows of that code: with P the product
/// of γ − row over them, and of what stands for the code in its slot, (γ − E)·Z_T(γ) = P·Q(γ) for a Q that
/// was fixed before γ.
abstract contract CodeOpenings is CodeRegistry {
    using BusProofs for BusProof;
    using Terms for Bus;

    /// Multiplies the products of each slot, and checks that each slot in use has a code.
    /// @return sum Of all proofs' parts of the bus.
    function _readInputs(OpenedStatement memory opened) internal pure returns (uint256 sum) {
        unchecked {
            uint256 slots = opened.slots;
            BusProof memory proof = opened.proof;
            uint256[] memory products = new uint256[](slots);
            // Bit of each slot whose product is not 1 in some proof.
            uint256 used = 0;
            for (uint256 i = 0; i < proof.count; i++) {
                Place inputs = proof.proofAt(i).plus(BusProofs.SUM);
                uint256 input = inputs.wordAt(0);
                bool isInField = input < FIELD_MODULUS;
                sum = addmod(sum, input, FIELD_MODULUS);
                for (uint256 slot = 0; slot < slots; slot++) {
                    input = inputs.wordAt(32 + 32 * slot);
                    isInField = isInField && input < FIELD_MODULUS;
                    if (input != 1) used |= 1 << slot;
                    products[slot] = i == 0 ? input : mulmod(products[slot], input, FIELD_MODULUS);
                }
                if (!isInField) revert InputOutOfField(opened.index, i);
            }
            opened.products = products;
            _requireCodes(opened, used);
        }
    }

    /// Slots without a code have the product 1 in each proof: with any other one a proof could vouch for rows
    /// that nothing is compared with.
    function _requireCodes(OpenedStatement memory opened, uint256 used) private pure {
        unchecked {
            BusProof memory proof = opened.proof;
            // The slot after the last one that has a code.
            uint256 next = 0;
            for (uint256 i = 0; i < proof.codeCount; i++) {
                uint256 slot = proof.codeAt(i).wordAt(BusProofs.SLOT);
                if (slot < next || slot >= opened.slots) revert SlotsNotAscending(opened.index);
                used &= ~(1 << slot);
                next = slot + 1;
            }
            if (used == 0) return;
            uint256 first = 0;
            while ((used >> first) & 1 == 0) first++;
            revert SlotNotOpened(opened.index, first);
        }
    }

    /// Σ r·((γ − E)·C_T − P·C_Q) over all codes of a statement, times ρ; plus ρ·γ·W.
    /// @param coefficient ρ of the opening.
    /// @param scaledW ρ·W as it is returned here.
    function _openCodes(
        OpenedStatement memory opened,
        uint256 coefficient
    ) internal view returns (G1 memory sum, G1 memory scaledW) {
        unchecked {
            BusProof memory proof = opened.proof;
            scaledW = proof.openingOf().g1At(0);
            if (!Bn254.isOnCurve(scaledW)) revert OpeningNotOnCurve();
            sum = G1(scaledW.x, scaledW.y);
            Bn254.scale(sum, mulmod(opened.bus.gamma, coefficient, FIELD_MODULUS));
            Bn254.scale(scaledW, coefficient);
            // The first r is 1.
            bytes32 seed = proof.codeCount == 1 ? bytes32(0) : Transcript.openingSeedOf(opened.seed, proof);
            for (uint256 i = 0; i < proof.codeCount; i++) {
                uint256 factor = mulmod(coefficientOf(seed, i), coefficient, FIELD_MODULUS);
                _addTable(sum, opened, proof.codeAt(i), factor);
                _addQuotient(sum, opened, proof.codeAt(i), factor);
            }
        }
    }

    /// `sum := sum + factor·(γ − E)·C_T`
    function _addTable(
        G1 memory sum,
        OpenedStatement memory opened,
        Place code,
        uint256 factor
    ) private view {
        bytes32 codeHash = bytes32(code.wordAt(BusProofs.CODE_HASH));
        G1 memory table = _commitmentOf(opened.tau, codeHash);
        if (table.y == 0) revert UnknownCode(opened.index, codeHash);
        uint256 head = opened.bus.ofCode(code.wordAt(BusProofs.SLOT), codeHash);
        Bn254.scale(table, mulmod(head, factor, FIELD_MODULUS));
        Bn254.accumulate(sum, table);
    }

    /// `sum := sum − factor·P·C_Q`
    function _addQuotient(
        G1 memory sum,
        OpenedStatement memory opened,
        Place code,
        uint256 factor
    ) private view {
        G1 memory quotient = code.g1At(BusProofs.QUOTIENT);
        if (!Bn254.isOnCurve(quotient)) revert OpeningNotOnCurve();
        uint256 product = opened.products[code.wordAt(BusProofs.SLOT)];
        Bn254.scale(quotient, mulmod(product, factor, FIELD_MODULUS));
        Bn254.negate(quotient);
        Bn254.accumulate(sum, quotient);
    }
}
