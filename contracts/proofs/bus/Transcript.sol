// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {BusProof, BusProofs} from "./BusProofs.sol";
import {Place} from "./Place.sol";

/// @title What is hashed before which challenge
/// @notice The order is what makes the bus sound: see docs/proving-evm.md section 3. Everything that L1 is
/// told, what each proof commits to, and the quotients of codes come before the bus' challenges; the proofs'
/// sums and products before the coefficients of the codes' openings; everything before the coefficients with
/// which equations are added up.
library Transcript {
    using BusProofs for BusProof;

    bytes32 internal constant DOMAIN = keccak256("lockstep.bus.v1");

    /// The hash from which a statement's challenges are drawn.
    /// @param set Name of the keys, which their order is part of.
    /// @param words Hash of the statement's words. @param questions Hash of what L1 is asked.
    function seedOf(
        bytes32 set,
        bytes32 words,
        bytes32 questions,
        BusProof memory proof
    ) internal view returns (bytes32 seed) {
        bytes32 domain = DOMAIN;
        uint256 count = proof.count;
        uint256 stride = proof.stride;
        uint256 codeBytes = proof.codeCount * BusProofs.CODE_BYTES;
        Place proofs = proof.proofs;
        Place codes = proof.codes;
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, domain)
            mstore(add(start, 0x20), chainid())
            mstore(add(start, 0x40), address())
            mstore(add(start, 0x60), set)
            mstore(add(start, 0x80), words)
            mstore(add(start, 0xa0), questions)
            // Both numbers, as the proof begins with them.
            mcopy(add(start, 0xc0), sub(proofs, 0x40), 0x40)
            let at := add(start, 0x100)
            for {
                let from := proofs
                let end := add(proofs, mul(count, stride))
            } lt(from, end) {
                from := add(from, stride)
            } {
                // The key and D.
                mcopy(at, from, 96)
                at := add(at, 96)
            }
            mcopy(at, codes, codeBytes)
            seed := keccak256(start, sub(add(at, codeBytes), start))
        }
    }

    /// β and γ, hashed apart: if one were a function of the other, different tuples could cancel for all
    /// challenges.
    function challengesOf(bytes32 seed) internal pure returns (uint256 beta, uint256 gamma) {
        uint256 p = FIELD_MODULUS;
        assembly ("memory-safe") {
            mstore(0x00, seed)
            mstore8(0x20, 0)
            beta := mod(keccak256(0x00, 0x21), p)
            mstore8(0x20, 1)
            gamma := mod(keccak256(0x00, 0x21), p)
        }
    }

    /// The hash from which the coefficients of a statement's openings are drawn. The first one is 1.
    function openingSeedOf(bytes32 seed, BusProof memory proof) internal pure returns (bytes32) {
        uint256 length = proof.stride - BusProofs.SUM;
        for (uint256 i = 0; i < proof.count; i++) {
            Place sums = proof.proofAt(i).plus(BusProofs.SUM);
            assembly ("memory-safe") {
                let start := mload(0x40)
                mstore(start, seed)
                mcopy(add(start, 0x20), sums, length)
                seed := keccak256(start, add(length, 0x20))
            }
        }
        return seed;
    }

    /// Adds a statement, with all that its proof says, to the seed of the coefficients of equations.
    /// @param statement Its seed, which its questions are part of.
    function append(
        bytes32 seed,
        bytes32 statement,
        BusProof memory proof
    ) internal pure returns (bytes32 result) {
        Place copied = proof.copied;
        uint256 size = proof.size;
        assembly ("memory-safe") {
            let start := mload(0x40)
            mstore(start, seed)
            mstore(add(start, 0x20), statement)
            mcopy(add(start, 0x40), copied, size)
            result := keccak256(start, add(size, 0x40))
        }
    }
}
