// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {LOWER_HALF, Place} from "../Place.sol";

/// A statement's bus: its challenges, and Σ 1 / (f − γ) over the tuples that L1 sends, which is what the
/// proofs' sums add up to. It is one fraction, since inverting would cost more than multiplying on.
/// @param beta With its powers: an element goes with the power after the one of the element before.
struct Bus {
    uint256 gamma;
    uint256 numerator;
    uint256 denominator;
    uint256 beta;
    uint256 beta2;
    uint256 beta3;
    uint256 beta4;
    uint256 beta5;
    uint256 beta6;
}

/// @title What L1 puts on a statement's bus
/// @notice A tuple (e_0, …, e_m) of a type is compressed to f = e_0 + tag·β + Σ_{i≥1} e_i·β^(i+1). Sending it
/// adds 1 / (γ − f) to the bus, receiving it takes as much away. Types of tuples, and why nothing in them is
/// packed: docs/proving-evm.md section 4; tags and fields are those of `circuits/bus/tuples.ts`.
/// @dev P is above 2^253 and below 2^256 / 5: five elements of the field can be added up without a wrap.
library Terms {
    uint256 private constant P = FIELD_MODULUS;
    uint256 private constant LOW = LOWER_HALF;

    /// Tags, with the fields behind them from e_0 on. Halves of a word are its lower and its upper 128 bits.
    uint256 internal constant WORD = 1; // low half, index, high half
    uint256 internal constant CODE_HEAD = 2; // low half of the code's hash, slot, high half
    uint256 internal constant TRANSACTION = 3; // low half, action, field, high half
    uint256 internal constant TRANSACTION_DATA = 4; // low half, action, index, high half
    // low half of the hash, number, length, high half, halves of the first two words
    uint256 internal constant KECCAK = 5;
    uint256 internal constant PREIMAGE = 6; // low half, number, index, high half, halves of the second word
    uint256 internal constant PRECOMPILED = 7; // price, number, address, success, lengths of input and output
    uint256 internal constant PRECOMPILED_WORD = 8; // low half, number, side, index, high half
    uint256 internal constant PROXY = 11; // address, original, chain, halves of the code's hash

    /// Begins a bus without any term.
    function start(Bus memory bus, uint256 beta, uint256 gamma) internal pure {
        unchecked {
            bus.gamma = gamma;
            bus.numerator = 0;
            bus.denominator = 1;
            bus.beta = beta;
            uint256 power = mulmod(beta, beta, P);
            bus.beta2 = power;
            bus.beta3 = power = mulmod(power, beta, P);
            bus.beta4 = power = mulmod(power, beta, P);
            bus.beta5 = power = mulmod(power, beta, P);
            bus.beta6 = mulmod(power, beta, P);
        }
    }

    /// Whether L1's terms and the proofs' sums together are zero. A denominator of zero would make any sum
    /// pass.
    function isBalanced(Bus memory bus, uint256 sums) internal pure returns (bool) {
        unchecked {
            uint256 denominator = bus.denominator;
            return mulmod(sums, denominator, P) == bus.numerator % P && denominator != 0;
        }
    }

    /// The compression of the tuple that stands for a code in its slot, less γ.
    function ofCode(Bus memory bus, uint256 slot, bytes32 codeHash) internal pure returns (uint256) {
        unchecked {
            uint256 hash = uint256(codeHash);
            uint256 rest = mulmod(CODE_HEAD, bus.beta, P) + mulmod(slot, bus.beta2, P) + uint128(hash);
            return addmod(rest + mulmod(hash >> 128, bus.beta3, P), P - bus.gamma, P);
        }
    }

    /// Sends each word of a statement with its index.
    function sendWords(Bus memory bus, Place words, uint256 count) internal pure {
        _sendRun(bus, _less(bus, mulmod(WORD, bus.beta, P)), bus.beta2, bus.beta3, words, 32 * count);
    }

    /// Sends fields of the transaction that is the data of an action of the statement.
    function sendTransaction(Bus memory bus, uint256 action, Place fields, uint256 count) internal pure {
        _sendNumbered(bus, TRANSACTION, action, fields, 32 * count);
    }

    /// Sends the calldata of that transaction.
    function sendTransactionData(Bus memory bus, uint256 action, Place data, uint256 size) internal pure {
        _sendNumbered(bus, TRANSACTION_DATA, action, data, size);
    }

    /// Sends a caller's proxy on the rollup.
    function sendProxy(
        Bus memory bus,
        address proxy,
        address original,
        uint256 chain,
        bytes32 codeHash
    ) internal pure {
        unchecked {
            uint256 hash = uint256(codeHash);
            uint256 rest = mulmod(PROXY, bus.beta, P) + mulmod(uint160(original), bus.beta2, P);
            rest = addmod(rest + uint160(proxy), mulmod(chain, bus.beta3, P), P);
            rest += mulmod(uint128(hash), bus.beta4, P);
            _send(bus, addmod(rest, mulmod(hash >> 128, bus.beta5, P), P));
        }
    }

    /// Sends what a precompile makes of an input.
    /// @param size Bytes of the input. @param outputSize Those of the output.
    function sendPrecompiled(
        Bus memory bus,
        uint256 number,
        uint256 precompile,
        uint256 price,
        bool success,
        uint256 size,
        uint256 outputSize
    ) internal pure {
        unchecked {
            uint256 rest = mulmod(PRECOMPILED, bus.beta, P) + mulmod(number, bus.beta2, P) + price;
            rest = addmod(rest, mulmod(precompile, bus.beta3, P), P) + (success ? bus.beta4 : 0);
            rest += mulmod(size, bus.beta5, P);
            _send(bus, addmod(rest, mulmod(outputSize, bus.beta6, P), P));
        }
    }

    /// Sends the words of that input (side 0) or output (side 1).
    function sendPrecompiledWords(
        Bus memory bus,
        uint256 number,
        uint256 side,
        Place data,
        uint256 size
    ) internal pure {
        unchecked {
            uint256 rest = mulmod(PRECOMPILED_WORD, bus.beta, P) + mulmod(number, bus.beta2, P);
            uint256 base = _less(bus, addmod(rest, mulmod(side, bus.beta3, P), P));
            _sendRun(bus, base, bus.beta4, bus.beta5, data, size);
        }
    }

    /// Sends words whose fields are (low half, number, index, high half).
    function _sendNumbered(
        Bus memory bus,
        uint256 tag,
        uint256 number,
        Place data,
        uint256 size
    ) private pure {
        uint256 base = _less(bus, addmod(mulmod(tag, bus.beta, P), mulmod(number, bus.beta2, P), P));
        _sendRun(bus, base, bus.beta3, bus.beta4, data, size);
    }

    /// Sends one tuple.
    /// @param compression Below 2p.
    function _send(Bus memory bus, uint256 compression) private pure {
        unchecked {
            add(bus, compression + P - bus.gamma);
        }
    }

    /// Adds 1 / factor.
    function add(Bus memory bus, uint256 factor) internal pure {
        unchecked {
            uint256 denominator = bus.denominator;
            bus.numerator = mulmod(bus.numerator, factor, P) + denominator;
            bus.denominator = mulmod(denominator, factor, P);
        }
    }

    /// A part of a compression, below 2p, less γ.
    function _less(Bus memory bus, uint256 part) private pure returns (uint256) {
        unchecked {
            return (part + P - bus.gamma) % P;
        }
    }

    /// Sends words that lie one behind the other in memory, with indices from 0 on. What is behind them
    /// within the last word has to be zero.
    /// @dev Solidity's own loop takes far more gas, for each word that is proven. Here four words share what
    /// a loop takes, and one reduction of `base`; what is over four is sent first. `base` is below p at the
    /// start of a round, and below 4p in its last step; a factor is below 5p + 2^128, and nothing wraps.
    /// `plus` is the fraction plus 1 / factor. Only memory of `bus` is written.
    /// @param base The first word's compression but for its halves, less γ: below p.
    /// @param indexPower The power of β that the index goes with. @param highPower The upper half's.
    /// @param size In bytes.
    function _sendRun(
        Bus memory bus,
        uint256 base,
        uint256 indexPower,
        uint256 highPower,
        Place words,
        uint256 size
    ) private pure {
        assembly ("memory-safe") {
            function plus(n, d, factor_) -> numerator_, denominator_ {
                numerator_ := add(mulmod(n, factor_, P), d)
                denominator_ := mulmod(d, factor_, P)
            }
            let numerator := mload(add(bus, 0x20))
            let denominator := mload(add(bus, 0x40))
            let end := add(words, and(add(size, 31), not(31)))
            if and(sub(end, words), 0x20) {
                let word := mload(words)
                let factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := addmod(base, indexPower, P)
                words := add(words, 0x20)
            }
            if and(sub(end, words), 0x40) {
                let word := mload(words)
                let factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := add(base, indexPower)
                word := mload(add(words, 0x20))
                factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := addmod(base, indexPower, P)
                words := add(words, 0x40)
            }
            for {} lt(words, end) {} {
                let word := mload(words)
                let factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := add(base, indexPower)
                word := mload(add(words, 0x20))
                factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := add(base, indexPower)
                word := mload(add(words, 0x40))
                factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := add(base, indexPower)
                word := mload(add(words, 0x60))
                factor := add(add(base, and(word, LOW)), mulmod(highPower, shr(128, word), P))
                numerator, denominator := plus(numerator, denominator, factor)
                base := addmod(base, indexPower, P)
                words := add(words, 0x80)
            }
            mstore(add(bus, 0x20), numerator)
            mstore(add(bus, 0x40), denominator)
        }
    }
}
