// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "./Actions.sol";

/// @title The three public inputs of every proof
/// @notice The circuit has its own copy d' of the words and outputs a commitment c to it. The challenge z is fixed only
/// after d and c are; if d and d' take the same value at z as polynomials, they are equal but for a chance of
/// (number of words) / 2^253. Thus public inputs do not grow with what is proven. DESIGN section 5.
library Fingerprint {
    /// Domain of the challenge.
    bytes32 internal constant DOMAIN = keccak256("lockstep.fingerprint.v1");

    /// Thrown when a word is not below the field's order, where two different words would count as equal.
    error WordOutOfField(uint256 index, uint256 word);

    /// `z = keccak256(DOMAIN ‖ keccak256(d) ‖ c) mod p`.
    function challengeOf(uint256[] memory words, uint256 commitment) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(DOMAIN, hashWords(words), commitment))) % FIELD_MODULUS;
    }

    /// Horner's rule from the first word: `y = (…(d_0 z + d_1) z + …) z + d_{n-1}`.
    function evaluate(uint256[] memory words, uint256 challenge) internal pure returns (uint256 evaluation) {
        for (uint256 i = 0; i < words.length; i++) {
            uint256 word = words[i];
            if (word >= FIELD_MODULUS) revert WordOutOfField(i, word);
            evaluation = addmod(mulmod(evaluation, challenge, FIELD_MODULUS), word, FIELD_MODULUS);
        }
    }

    /// `keccak256` of the words, 32 bytes each.
    function hashWords(uint256[] memory words) private pure returns (bytes32 digest) {
        // In place: abi.encodePacked would copy the words first.
        assembly ("memory-safe") {
            digest := keccak256(add(words, 32), shl(5, mload(words)))
        }
    }
}
