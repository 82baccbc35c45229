// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {Words} from "../Words.sol";
import {BusProofs, Layout} from "./BusProofs.sol";

/// @title What is hashed before which challenge
/// @notice The order is what makes the bus sound: see docs/proving-evm.md section 3. Everything that L1 is
/// told, what each proof commits to, and the quotients of codes come before the bus' challenges; the proofs'
/// sums and products before the coefficients of the codes' openings; everything before the coefficients with
/// which equations are added up.
library Transcript {
    using BusProofs for bytes;
    using Words for uint256[];

    bytes32 internal constant DOMAIN = keccak256("lockstep.bus.v1");

    /// The hash from which a statement's challenges are drawn.
    /// @param set Name of the keys, which their order is part of.
    function seedOf(
        bytes32 set,
        uint256[] calldata words,
        bytes calldata proof,
        Layout memory layout
    ) internal view returns (bytes32 seed) {
        seed = keccak256(
            abi.encode(DOMAIN, block.chainid, address(this), set, words.hash(), layout.count, layout.codes)
        );
        for (uint256 i = 0; i < layout.count; i++) {
            bytes calldata part = proof.proofAt(layout, i);
            seed = keccak256(abi.encodePacked(seed, part[:BusProofs.A], part[BusProofs.D:BusProofs.SUM]));
        }
        for (uint256 i = 0; i < layout.codes; i++)
            seed = keccak256(abi.encodePacked(seed, proof.codeAt(layout, i)));
    }

    /// β and γ, hashed apart: if one were a function of the other, different tuples could cancel for all
    /// challenges.
    function challengesOf(bytes32 seed) internal pure returns (uint256 beta, uint256 gamma) {
        beta = uint256(keccak256(abi.encodePacked(seed, uint8(0)))) % FIELD_MODULUS;
        gamma = uint256(keccak256(abi.encodePacked(seed, uint8(1)))) % FIELD_MODULUS;
    }

    /// The hash from which the coefficients of a statement's openings are drawn.
    function openingSeedOf(
        bytes32 seed,
        bytes calldata proof,
        Layout memory layout
    ) internal pure returns (bytes32) {
        for (uint256 i = 0; i < layout.count; i++)
            seed = keccak256(abi.encodePacked(seed, proof.proofAt(layout, i)[BusProofs.SUM:]));
        return seed;
    }

    /// Adds a statement, with all that its proof says, to the seed of the coefficients of equations.
    function append(
        bytes32 seed,
        bytes32 statementSeed,
        bytes calldata proof
    ) internal pure returns (bytes32) {
        return keccak256(abi.encodePacked(seed, statementSeed, keccak256(proof)));
    }
}
