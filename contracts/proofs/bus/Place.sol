// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {G1, G2} from "../Bn254.sol";

/// An address in memory, of bytes that were copied from calldata as they are.
type Place is uint256;

using Places for Place global;

/// @title What lies at a place in memory
/// @notice No bounds are checked: that all of it is there is checked once, when the bytes are copied.
library Places {
    function plus(Place place, uint256 offset) internal pure returns (Place) {
        unchecked {
            return Place.wrap(Place.unwrap(place) + offset);
        }
    }

    function wordAt(Place place, uint256 offset) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(place, offset))
        }
    }

    /// `keccak256` of so many bytes.
    function hash(Place place, uint256 size) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            digest := keccak256(place, size)
        }
    }

    /// The point itself, no copy of it.
    function g1At(Place place, uint256 offset) internal pure returns (G1 memory point) {
        assembly ("memory-safe") {
            point := add(place, offset)
        }
    }

    /// As {g1At}, in G2.
    function g2At(Place place, uint256 offset) internal pure returns (G2 memory point) {
        assembly ("memory-safe") {
            point := add(place, offset)
        }
    }

    /// Takes memory, with more than a word behind it that is its own too.
    /// @param size In bytes.
    function allocate(uint256 size) internal pure returns (Place place) {
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(0x40, and(add(place, add(size, 95)), not(31)))
        }
    }

    /// Gives back what was taken from `place` on.
    function release(Place place) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, place)
        }
    }

    /// Sets bytes to zero.
    function clear(Place place, uint256 size) internal pure {
        assembly ("memory-safe") {
            calldatacopy(place, calldatasize(), size)
        }
    }

    /// Copies calldata to fresh memory, with a zero word behind it.
    function copyBytes(uint256 from, uint256 size) internal pure returns (Place place) {
        place = allocate(size);
        assembly ("memory-safe") {
            calldatacopy(place, from, size)
            mstore(add(place, size), 0)
        }
    }

    /// Copies words of calldata to fresh memory.
    /// @param from Where they begin in calldata. @param size In bytes.
    function copyWords(uint256 from, uint256 size) internal pure returns (Place place) {
        assembly ("memory-safe") {
            place := mload(0x40)
            calldatacopy(place, from, size)
            mstore(0x40, add(place, size))
        }
    }
}
