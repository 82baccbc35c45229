// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {LOWER_HALF, Place, Places} from "../Place.sol";
import {Bus, Terms} from "./Terms.sol";

/// @title Hashes that L1 works out
/// @notice A tuple `keccak` has a preimage's first 64 bytes with the hash, so that one is enough for what
/// Solidity hashes to find a value of a mapping. Each 64 bytes more are a tuple `preimage`.
library Preimages {
    using Terms for Bus;

    uint256 private constant P = FIELD_MODULUS;
    uint256 private constant LOW = LOWER_HALF;
    uint256 private constant PAIR_BYTES = 64;

    /// Sends preimages of one length, that lie one behind the other, with their hashes.
    /// @param number Of the first of them. @param size Bytes of each.
    function sendRun(Bus memory bus, uint256 number, Place from, uint256 count, uint256 size) internal pure {
        unchecked {
            if (size == PAIR_BYTES) {
                _sendPairs(bus, number, from, count);
                return;
            }
            for (uint256 i = 0; i < count; i++) _send(bus, number + i, from.plus(i * size), size);
        }
    }

    /// Sends a preimage of any length.
    function _send(Bus memory bus, uint256 number, Place from, uint256 size) private pure {
        unchecked {
            // A copy in free memory, left behind there, with zeros in what is missing to whole pairs.
            uint256 pairs = size == 0 ? 1 : (size + PAIR_BYTES - 1) / PAIR_BYTES;
            Place at = Places.allocateWords(0);
            at.plus(PAIR_BYTES * (pairs - 1)).clear(PAIR_BYTES);
            at.set(from, size);
            uint256 hash = uint256(from.hash(size));
            uint256 common = addmod(mulmod(number, bus.beta2, P), P - bus.gamma, P);
            uint256 rest = common + mulmod(Terms.KECCAK, bus.beta, P) + mulmod(size, bus.beta3, P);
            rest = addmod(rest + uint128(hash), mulmod(hash >> 128, bus.beta4, P), P);
            uint256 split = _split(bus);
            uint256 first = at.wordAt(0);
            uint256 second = at.wordAt(32);
            rest = addmod(rest + mulmod(first, bus.beta5, P), mulmod(first >> 128, split, P), P);
            rest += mulmod(mulmod(second, bus.beta2, P), bus.beta5, P);
            bus.add(rest + mulmod(mulmod(second >> 128, bus.beta2, P), split, P));
            for (uint256 index = 1; index < pairs; index++) {
                first = at.wordAt(PAIR_BYTES * index);
                second = at.wordAt(PAIR_BYTES * index + 32);
                rest = common + mulmod(Terms.PREIMAGE, bus.beta, P) + mulmod(index, bus.beta3, P);
                rest = addmod(rest + uint128(first), mulmod(first >> 128, bus.beta4, P), P);
                bus.add(rest + mulmod(second, bus.beta5, P) + mulmod(second >> 128, split, P));
            }
        }
    }

    /// What the upper half of a word is multiplied with where the whole word is multiplied with β^5, its
    /// lower half's power: β^6 − 2^128·β^5. So the lower half need not be cut out.
    function _split(Bus memory bus) private pure returns (uint256) {
        unchecked {
            return addmod(bus.beta6, P - mulmod(1 << 128, bus.beta5, P), P);
        }
    }

    /// Sends preimages of 64 bytes.
    function _sendPairs(Bus memory bus, uint256 number, Place from, uint256 count) private pure {
        unchecked {
            uint256 head =
                mulmod(Terms.KECCAK, bus.beta, P) +
                    mulmod(number, bus.beta2, P) +
                    mulmod(PAIR_BYTES, bus.beta3, P);
            head = addmod(head, P - bus.gamma, P);
            uint256 split = _split(bus);
            // Solidity's own loop takes three times the gas. Words are multiplied as in {_send}, with β^2
            // taken out for the second one. A factor is a sum of four elements of the field and 128 bits, so
            // nothing wraps. Only memory of `bus` is written.
            assembly ("memory-safe") {
                let p := P
                let numerator := mload(add(bus, 0x20))
                let denominator := mload(add(bus, 0x40))
                let beta2 := mload(add(bus, 0x80))
                let beta4 := mload(add(bus, 0xc0))
                let beta5 := mload(add(bus, 0xe0))
                let end := add(from, mul(count, 64))
                for {} lt(from, end) {
                    from := add(from, 64)
                } {
                    let first := mload(from)
                    let second := mload(add(from, 32))
                    let factor := mulmod(addmod(mulmod(second, beta2, p), first, p), beta5, p)
                    let upper := add(mulmod(shr(128, second), beta2, p), shr(128, first))
                    factor := add(factor, mulmod(upper, split, p))
                    let hash := keccak256(from, 64)
                    factor := add(factor, mulmod(shr(128, hash), beta4, p))
                    factor := add(factor, and(hash, LOW))
                    factor := add(factor, head)
                    numerator := add(mulmod(numerator, factor, p), denominator)
                    denominator := mulmod(denominator, factor, p)
                    head := addmod(head, beta2, p)
                }
                mstore(add(bus, 0x20), numerator)
                mstore(add(bus, 0x40), denominator)
            }
        }
    }
}
