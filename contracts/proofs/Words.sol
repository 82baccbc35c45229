// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../interfaces/Actions.sol";

/// @title The words of a statement
library Words {
    /// Thrown when a word is not below the field's order, where two different words would count as equal.
    error WordOutOfField(uint256 index, uint256 word);

    /// `keccak256` of the words, 32 bytes each.
    function hash(uint256[] calldata words) internal pure returns (bytes32 digest) {
        // abi.encodePacked would go through them one by one.
        assembly ("memory-safe") {
            let size := shl(5, words.length)
            let copy := mload(0x40)
            calldatacopy(copy, words.offset, size)
            digest := keccak256(copy, size)
        }
    }

    /// Names the first word that is not in the field.
    function refuse(uint256[] calldata words) internal pure {
        for (uint256 i = 0; i < words.length; i++)
            if (words[i] >= FIELD_MODULUS) revert WordOutOfField(i, words[i]);
    }
}
