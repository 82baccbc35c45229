// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../interfaces/Actions.sol";
import {Words} from "./Words.sol";

/// @title The three public inputs of every proof
/// @notice The circuit has its own copy d' of the words and outputs a commitment c to it. The challenge z is
/// fixed only after d and c are; if d and d' take the same value at z as polynomials, they are equal but for
/// a chance of (number of words) / 2^253. Thus public inputs do not grow with what is proven. See
/// docs/spec.md section 2.
library Fingerprint {
    using Words for uint256[];

    /// Domain of the challenge.
    bytes32 internal constant DOMAIN = keccak256("lockstep.fingerprint.v1");

    /// `z = keccak256(DOMAIN ‖ keccak256(d) ‖ c) mod p`.
    function challengeOf(uint256[] calldata words, uint256 commitment) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(DOMAIN, words.hash(), commitment))) % FIELD_MODULUS;
    }

    /// Horner's rule from the first word: `y = (…(d_0 z + d_1) z + …) z + d_{n-1}`.
    function evaluate(
        uint256[] calldata words,
        uint256 challenge
    ) internal pure returns (uint256 evaluation) {
        uint256 modulus = FIELD_MODULUS;
        bool areInField = true;
        // Solidity's own loop takes far more gas, for each word that is proven.
        assembly ("memory-safe") {
            let end := add(words.offset, shl(5, words.length))
            for {
                let at := words.offset
            } lt(at, end) {
                at := add(at, 32)
            } {
                let word := calldataload(at)
                areInField := and(areInField, lt(word, modulus))
                evaluation := addmod(mulmod(evaluation, challenge, modulus), word, modulus)
            }
        }
        if (!areInField) words.refuse();
    }
}
