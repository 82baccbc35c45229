// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../interfaces/Actions.sol";

/// @title The three public inputs of every proof
/// @notice The circuit has its own copy d' of the words and outputs a commitment c to it. The challenge z is
/// fixed only after d and c are; if d and d' take the same value at z as polynomials, they are equal but for
/// a chance of (number of words) / 2^253. Thus public inputs do not grow with what is proven. See
/// docs/spec.md section 2.
library Fingerprint {
    /// Domain of the challenge.
    bytes32 internal constant DOMAIN = keccak256("lockstep.fingerprint.v1");

    /// Thrown when a word is not below the field's order, where two different words would count as equal.
    error WordOutOfField(uint256 index, uint256 word);

    /// `z = keccak256(DOMAIN ‖ keccak256(d) ‖ c) mod p`.
    function challengeOf(uint256[] calldata words, uint256 commitment) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(DOMAIN, _hash(words), commitment))) % FIELD_MODULUS;
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
        if (!areInField) _refuse(words);
    }

    /// `keccak256` of the words, 32 bytes each.
    function _hash(uint256[] calldata words) private pure returns (bytes32 digest) {
        // abi.encodePacked would go through them one by one.
        assembly ("memory-safe") {
            let size := shl(5, words.length)
            let copy := mload(0x40)
            calldatacopy(copy, words.offset, size)
            digest := keccak256(copy, size)
        }
    }

    /// Names the first word that is not in the field.
    function _refuse(uint256[] calldata words) private pure {
        for (uint256 i = 0; i < words.length; i++)
            if (words[i] >= FIELD_MODULUS) revert WordOutOfField(i, words[i]);
    }
}
