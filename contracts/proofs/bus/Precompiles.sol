// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";
import {Place, Places} from "../Place.sol";

/// @title What precompiles make of inputs, as the EVM of Osaka has it
/// @notice L1 calls its own precompiles, and must not take a lack of gas for a failure, nor a precompile that
/// is missing, whose calls succeed with empty output, for one that answers so:
///  - which inputs of MODEXP, BLAKE2F and the pairing check fail for their form is decided here;
///  - ECADD, ECMUL and the pairing check may refuse a point. That is believed if as much gas is enough for
///    zeros of the same length, which are points at infinity: then it was enough for the input, whatever
///    L1's prices are;
///  - no other call fails;
///  - {PrecompileCheck} has seen an answer of each when the contract was created.
///
/// Prices are Osaka's: EIP-152, EIP-196, EIP-197, EIP-1108, EIP-7823, EIP-7883, EIP-7951.
library Precompiles {
    uint256 private constant ECRECOVER = 0x01;
    uint256 private constant SHA256 = 0x02;
    uint256 private constant RIPEMD160 = 0x03;
    uint256 private constant IDENTITY = 0x04;
    uint256 private constant MODEXP = 0x05;
    uint256 private constant ECADD = 0x06;
    uint256 private constant ECMUL = 0x07;
    uint256 private constant ECPAIRING = 0x08;
    uint256 private constant BLAKE2F = 0x09;
    uint256 private constant P256VERIFY = 0x100;

    uint256 private constant PAIR_BYTES = 192;
    uint256 private constant BLAKE2F_BYTES = 213;
    uint256 private constant MAX_MODEXP_BYTES = 1024;
    /// More than there is: the EVM lowers it to what there is.
    uint256 private constant ALL_GAS = type(uint256).max;
    /// For what happens between asking how much gas is left and the call.
    uint256 private constant SPARE_GAS = 2_000;

    /// @param precompile Its address.
    /// @param size Bytes of the input.
    /// @return price What the call costs; 0 where the input's form is wrong, which takes all gas anyhow.
    /// @return success Whether it succeeds.
    /// @return output With zeros behind it within its last word.
    /// @return outputSize Its bytes.
    function call(
        uint256 precompile,
        Place input,
        uint256 size
    ) internal view returns (uint256 price, bool success, Place output, uint256 outputSize) {
        unchecked {
            uint256 room;
            (price, room, success) = _foresee(precompile, input, size);
            if (!success) return (0, false, input, 0);
            bool mayFail = precompile >= ECADD && precompile <= ECPAIRING;
            output = Places.allocate(room > size || !mayFail ? room : size);
            // What fails takes all that it is given: so not all there is. Twice the price leaves room for an
            // L1 with other prices.
            uint256 given = mayFail ? 2 * price : ALL_GAS;
            (success, outputSize) = _call(precompile, input, size, output, room, given);
            if (success) {
                bool mayBeEmpty = precompile == ECRECOVER || precompile == P256VERIFY;
                if (outputSize != room && !(mayBeEmpty && outputSize == 0))
                    revert IBusProofSystem.PrecompileMissing(precompile);
                return (price, true, output, outputSize);
            }
            if (!mayFail) revert IBusProofSystem.PrecompileStarved(precompile);
            output.clear(size);
            (bool isEnough, ) = _call(precompile, output, size, output, room, given);
            if (!isEnough) revert IBusProofSystem.PrecompileStarved(precompile);
            return (price, false, output, 0);
        }
    }

    /// @return price Gas.
    /// @return room Bytes of the output, if it is not empty.
    /// @return isForm Whether the input has a form that the precompile takes.
    function _foresee(
        uint256 precompile,
        Place input,
        uint256 size
    ) private pure returns (uint256 price, uint256 room, bool isForm) {
        unchecked {
            uint256 words = (size + 31) / 32;
            if (precompile == ECRECOVER) return (3_000, 32, true);
            if (precompile == SHA256) return (60 + 12 * words, 32, true);
            if (precompile == RIPEMD160) return (600 + 120 * words, 32, true);
            if (precompile == IDENTITY) return (15 + 3 * words, size, true);
            if (precompile == MODEXP) return _foreseeModexp(input, size);
            if (precompile == ECADD) return (150, 64, true);
            if (precompile == ECMUL) return (6_000, 64, true);
            if (precompile == ECPAIRING)
                return (45_000 + 34_000 * (size / PAIR_BYTES), 32, size % PAIR_BYTES == 0);
            if (precompile == BLAKE2F)
                // The rounds stand first, and last whether the block is the last one: 0 or 1.
                return (
                    input.wordAt(0) >> 224,
                    64,
                    size == BLAKE2F_BYTES && uint8(input.wordAt(BLAKE2F_BYTES - 32)) < 2
                );
            if (precompile == P256VERIFY) return (6_900, 32, true);
            revert IBusProofSystem.UnsupportedPrecompile(precompile);
        }
    }

    /// Lengths of base, exponent and modulus, 32 bytes each, and then they themselves; zeros behind the end.
    function _foreseeModexp(
        Place input,
        uint256 size
    ) private pure returns (uint256 price, uint256 room, bool isForm) {
        unchecked {
            uint256 base = _wordAt(input, size, 0);
            uint256 exponent = _wordAt(input, size, 32);
            room = _wordAt(input, size, 64);
            if (base > MAX_MODEXP_BYTES || exponent > MAX_MODEXP_BYTES || room > MAX_MODEXP_BYTES)
                return (0, 0, false);
            uint256 words = ((base > room ? base : room) + 7) / 8;
            uint256 multiplication = words <= 4 ? 16 : 2 * words * words;
            uint256 head = _wordAt(input, size, 96 + base);
            if (exponent < 32) head >>= 256 - 8 * exponent;
            uint256 iterations = head == 0 ? 0 : _highestBit(head);
            if (exponent > 32) iterations += 16 * (exponent - 32);
            price = multiplication * (iterations == 0 ? 1 : iterations);
            if (price < 500) price = 500;
            isForm = true;
        }
    }

    /// A word of an input, with zeros behind its end.
    function _wordAt(Place input, uint256 size, uint256 offset) private pure returns (uint256 word) {
        unchecked {
            if (offset >= size) return 0;
            word = input.wordAt(offset);
            if (offset + 32 <= size) return word;
            uint256 missing = 8 * (offset + 32 - size);
            return (word >> missing) << missing;
        }
    }

    /// ⌊log₂ value⌋
    function _highestBit(uint256 value) private pure returns (uint256 bit) {
        unchecked {
            for (uint256 step = 128; step != 0; step >>= 1) {
                if (value >> step == 0) continue;
                value >>= step;
                bit += step;
            }
        }
    }

    /// @param room What there is for the output, with a word behind it.
    /// @param given Gas that the call gets, exactly; or all that is left.
    function _call(
        uint256 precompile,
        Place input,
        uint256 size,
        Place output,
        uint256 room,
        uint256 given
    ) private view returns (bool success, uint256 outputSize) {
        unchecked {
            // A call gets at most 63/64 of what is left.
            if (given != ALL_GAS && gasleft() < given + given / 63 + SPARE_GAS)
                revert IBusProofSystem.PrecompileStarved(precompile);
        }
        assembly ("memory-safe") {
            success := staticcall(given, precompile, input, size, output, room)
            outputSize := returndatasize()
            if gt(outputSize, room) {
                outputSize := add(room, 1)
            }
            mstore(add(output, outputSize), 0)
        }
    }
}
