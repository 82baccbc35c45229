// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {BusProof, BusProofs} from "./BusProofs.sol";
import {Place, Places} from "../Place.sol";

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
    ) internal view returns (bytes32) {
        unchecked {
            // Written to free memory, and left behind there.
            Place start = Places.allocateWords(0);
            start.setWord(0x00, uint256(DOMAIN));
            start.setWord(0x20, block.chainid);
            start.setWord(0x40, uint160(address(this)));
            start.setWord(0x60, uint256(set));
            start.setWord(0x80, uint256(words));
            start.setWord(0xa0, uint256(questions));
            start.setWord(0xc0, proof.count);
            start.setWord(0xe0, proof.codeCount);
            Place at = start.plus(0x100);
            for (uint256 i = 0; i < proof.count; i++) {
                at.set(proof.proofAt(i), BusProofs.COMMITMENT_BYTES);
                at = at.plus(BusProofs.COMMITMENT_BYTES);
            }
            uint256 codeBytes = proof.codeCount * BusProofs.CODE_BYTES;
            at.set(proof.codes, codeBytes);
            return start.hash(Place.unwrap(at) + codeBytes - Place.unwrap(start));
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
    function append(bytes32 seed, bytes32 statement, BusProof memory proof) internal pure returns (bytes32) {
        unchecked {
            Place start = Place.wrap(Place.unwrap(proof.copied) - BusProofs.ROOM);
            start.setWord(0, uint256(seed));
            start.setWord(0x20, uint256(statement));
            return start.hash(BusProofs.ROOM + proof.size);
        }
    }
}
