// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";

/// A statement's bus: its challenges, and the sum of all terms so far as one fraction, since inverting would
/// cost more than multiplying on.
struct Bus {
    uint256 beta;
    uint256 gamma;
    uint256 numerator;
    uint256 denominator;
}

/// @title What L1 puts on a statement's bus
/// @notice A tuple (e_0, …, e_m) of a type is compressed to f = e_0 + tag·β + Σ_{i≥1} e_i·β^(i+1). Sending it
/// adds 1 / (γ − f) to the bus, receiving it takes as much away. Types of tuples, and why nothing in them is
/// packed: docs/proving-evm.md section 4; tags and fields are those of `circuits/bus/tuples.ts`.
library Terms {
    /// Tags, with the fields behind them from e_0 on. Halves of a word are its lower and its upper 128 bits.
    uint256 internal constant WORD = 1; // low half, index, high half
    uint256 internal constant CODE_HEAD = 2; // low half of the code's hash, slot, high half

    /// A bus without any term.
    function start(uint256 beta, uint256 gamma) internal pure returns (Bus memory) {
        return Bus(beta, gamma, 0, 1);
    }

    /// γ less the compression of the tuple that stands for a code in its slot.
    function ofCode(Bus memory bus, uint256 slot, bytes32 codeHash) internal pure returns (uint256 factor) {
        uint256 beta = bus.beta;
        uint256 hash = uint256(codeHash);
        factor = mulmod(hash >> 128, beta, FIELD_MODULUS) + slot;
        factor = mulmod(factor, beta, FIELD_MODULUS) + CODE_HEAD;
        factor = addmod(mulmod(factor, beta, FIELD_MODULUS), uint128(hash), FIELD_MODULUS);
        factor = addmod(bus.gamma, FIELD_MODULUS - factor, FIELD_MODULUS);
    }

    /// Sends each word of a statement, in halves, with its index, once.
    function sendWords(Bus memory bus, uint256[] calldata words) internal pure {
        // Solidity's own loop takes far more gas, for each word that is proven.
        assembly ("memory-safe") {
            let p := FIELD_MODULUS
            let beta := mload(bus)
            let step := mulmod(beta, beta, p)
            let betaCubed := mulmod(step, beta, p)
            step := sub(p, step)
            // γ less what the index and the tag of the word at hand are in the compression.
            let base := addmod(mload(add(bus, 0x20)), sub(p, mulmod(beta, WORD, p)), p)
            let numerator := mload(add(bus, 0x40))
            let denominator := mload(add(bus, 0x60))
            let end := add(words.offset, shl(5, words.length))
            for {
                let at := words.offset
            } lt(at, end) {
                at := add(at, 32)
            } {
                let word := calldataload(at)
                // Below 2p.
                let halves := and(word, 0xffffffffffffffffffffffffffffffff)
                halves := add(halves, mulmod(betaCubed, shr(128, word), p))
                let factor := sub(add(base, add(p, p)), halves)
                numerator := add(mulmod(numerator, factor, p), denominator)
                denominator := mulmod(denominator, factor, p)
                base := addmod(base, step, p)
            }
            mstore(add(bus, 0x40), mod(numerator, p))
            mstore(add(bus, 0x60), denominator)
        }
    }

    /// Whether L1's terms and the proofs' sums together are zero. A denominator of zero would make any sum
    /// pass.
    function isBalanced(Bus memory bus, uint256 sums) internal pure returns (bool) {
        uint256 total = addmod(mulmod(sums, bus.denominator, FIELD_MODULUS), bus.numerator, FIELD_MODULUS);
        return total == 0 && bus.denominator != 0;
    }
}
