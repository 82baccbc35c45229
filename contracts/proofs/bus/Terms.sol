// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {Words} from "../Words.sol";

/// A sum of terms of a bus as one fraction: inverting would cost more than multiplying on.
struct Fraction {
    uint256 numerator;
    uint256 denominator;
}

/// @title What L1 puts on a statement's bus
/// @notice A tuple (e_0, …, e_m) is compressed to f = Σ e_i β^i. Sending it adds 1 / (γ − f) to the bus,
/// receiving it takes as much away. Types of tuples: docs/proving-evm.md section 4.
library Terms {
    using Words for uint256[];

    /// Type of the tuples (tag + index, word).
    uint256 internal constant WORD = 1 << 240;

    /// Type of what stands for a code in the product of its slot: (tag + slot, low half of the code's hash,
    /// high half).
    uint256 internal constant CODE = 2 << 240;

    /// Compression of the tuple that stands for a code in its slot.
    function ofCode(
        uint256 slot,
        bytes32 codeHash,
        uint256 beta
    ) internal pure returns (uint256 compression) {
        uint256 hash = uint256(codeHash);
        compression = mulmod(hash >> 128, beta, FIELD_MODULUS);
        compression = mulmod(addmod(compression, uint128(hash), FIELD_MODULUS), beta, FIELD_MODULUS);
        compression = addmod(compression, CODE + slot, FIELD_MODULUS);
    }

    /// Sends each word of a statement, with its index, once.
    /// @notice A word that is not below the field's order is received as its remainder. `Rollups` makes none,
    /// but any contract may ask: so there is an error of its own.
    function ofWords(
        uint256[] calldata words,
        uint256 beta,
        uint256 gamma
    ) internal pure returns (Fraction memory sum) {
        uint256 numerator = 0;
        uint256 denominator = 1;
        bool areInField = true;
        // Solidity's own loop takes far more gas, for each word that is proven.
        assembly ("memory-safe") {
            let p := FIELD_MODULUS
            // γ − e_0 of the word at hand.
            let base := addmod(gamma, sub(p, WORD), p)
            let end := add(words.offset, shl(5, words.length))
            for {
                let at := words.offset
            } lt(at, end) {
                at := add(at, 32)
            } {
                let word := calldataload(at)
                areInField := and(areInField, lt(word, p))
                let factor := addmod(base, sub(p, mulmod(beta, word, p)), p)
                numerator := addmod(mulmod(numerator, factor, p), denominator, p)
                denominator := mulmod(denominator, factor, p)
                base := addmod(base, sub(p, 1), p)
            }
        }
        if (!areInField) words.refuse();
        return Fraction(numerator, denominator);
    }

    /// Whether L1's terms and the proofs' sums together are zero. A denominator of zero would make any sum
    /// pass.
    function balance(Fraction memory terms, uint256 sums) internal pure returns (bool) {
        uint256 total = addmod(
            mulmod(sums, terms.denominator, FIELD_MODULUS),
            terms.numerator,
            FIELD_MODULUS
        );
        return total == 0 && terms.denominator != 0;
    }
}
