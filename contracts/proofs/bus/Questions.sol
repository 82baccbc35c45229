// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Place, Places} from "../Place.sol";
import {Precompiles} from "./Precompiles.sol";
import {Preimages} from "./Preimages.sol";
import {Bus, Terms} from "./Terms.sol";

/// @title What L1 is asked, and says by itself
/// @notice A statement's proof may ask for hashes and for answers of precompiles. It gives the questions
/// alone; L1 works out the answers and sends them on the bus. Questions are hashed before the challenges are
/// drawn: chosen afterwards, true answers could be picked so that their terms add up to anything.
///
///     number of runs (2 bytes), then for each: preimages (2 bytes), length of each (4 bytes), their bytes
///     number of inputs (2 bytes), then for each: precompile (2 bytes), length (4 bytes), bytes
///
/// Preimages count from 0 over all runs, and so do inputs. No bytes at all: no question.
library Questions {
    using Preimages for Bus;
    using Terms for Bus;

    /// Sends all answers.
    /// @param questions In memory, with a word behind them that is theirs too.
    /// @return isWhole Whether the questions end where the last of them does.
    function answer(Bus memory bus, Place questions, uint256 size) internal view returns (bool isWhole) {
        unchecked {
            if (size == 0) return true;
            uint256 end = Place.unwrap(questions) + size;
            uint256 from = _hash(bus, Place.unwrap(questions), end);
            from = _call(bus, from, end);
            return from == end;
        }
    }

    /// @param from Where in memory the number of runs is.
    /// @param end Of the questions. What reaches beyond is not answered.
    /// @return Where the last preimage ends.
    function _hash(Bus memory bus, uint256 from, uint256 end) private pure returns (uint256) {
        unchecked {
            uint256 number = 0;
            uint256 runs = _read(from, 2);
            from += 2;
            for (; runs != 0; runs--) {
                if (from + 6 > end) return end + 1;
                uint256 count = _read(from, 2);
                uint256 size = _read(from + 2, 4);
                from += 6;
                if (from + count * size > end) return end + 1;
                bus.sendRun(number, Place.wrap(from), count, size);
                number += count;
                from += count * size;
            }
            return from;
        }
    }

    /// As {_hash}, of precompiles' inputs.
    function _call(Bus memory bus, uint256 from, uint256 end) private view returns (uint256) {
        unchecked {
            if (from + 2 > end) return end + 1;
            uint256 count = _read(from, 2);
            from += 2;
            for (uint256 number = 0; number < count; number++) {
                if (from + 6 > end) return end + 1;
                uint256 precompile = _read(from, 2);
                uint256 size = _read(from + 2, 4);
                from += 6;
                if (from + size > end) return end + 1;
                _sendCall(bus, number, precompile, Place.wrap(from), size);
                from += size;
            }
            return from;
        }
    }

    function _sendCall(
        Bus memory bus,
        uint256 number,
        uint256 precompile,
        Place from,
        uint256 size
    ) private view {
        Place input = Places.copyOf(from, size);
        (uint256 price, bool success, Place output, uint256 outputSize) = Precompiles.call(
            precompile,
            input,
            size
        );
        bus.sendPrecompiled(number, precompile, price, success, size, outputSize);
        bus.sendPrecompiledWords(number, 0, input, size);
        bus.sendPrecompiledWords(number, 1, output, outputSize);
        input.release();
    }

    /// A number in memory, big-endian.
    function _read(uint256 from, uint256 size) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, size)), mload(from))
        }
    }
}
