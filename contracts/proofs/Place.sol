// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// An address in memory. What lies there is worked on without a copy: a function that returns a struct in
/// memory would allocate and clear another one first.
type Place is uint256;

using Places for Place global;

// Of what is nowhere yet.
Place constant NOWHERE = Place.wrap(0);

// Cuts out the lower half of a word.
uint256 constant LOWER_HALF = 0xffffffffffffffffffffffffffffffff;

/// @title What lies at a place in memory
/// @notice No bounds are checked: that all of it is there is checked once, when it is copied or allocated.
library Places {
    function plus(Place place, uint256 offset) internal pure returns (Place) {
        unchecked {
            return Place.wrap(Place.unwrap(place) + offset);
        }
    }

    function isNowhere(Place place) internal pure returns (bool) {
        return Place.unwrap(place) == Place.unwrap(NOWHERE);
    }

    /// Where an array's byte with this index is.
    function inBytes(bytes memory array, uint256 index) internal pure returns (Place place) {
        assembly ("memory-safe") {
            place := add(add(array, 32), index)
        }
    }

    function wordAt(Place place, uint256 offset) internal pure returns (uint256 word) {
        assembly ("memory-safe") {
            word := mload(add(place, offset))
        }
    }

    function setWord(Place place, uint256 offset, uint256 word) internal pure {
        assembly ("memory-safe") {
            mstore(add(place, offset), word)
        }
    }

    /// Copies so many bytes.
    function set(Place place, Place from, uint256 size) internal pure {
        assembly ("memory-safe") {
            mcopy(place, from, size)
        }
    }

    /// Sets bytes to zero.
    function clear(Place place, uint256 size) internal pure {
        assembly ("memory-safe") {
            calldatacopy(place, calldatasize(), size)
        }
    }

    /// `keccak256` of so many bytes.
    function hash(Place place, uint256 size) internal pure returns (bytes32 digest) {
        assembly ("memory-safe") {
            digest := keccak256(place, size)
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

    /// Takes memory for whole words. What is in it may be anything.
    /// @param size In bytes.
    function allocateWords(uint256 size) internal pure returns (Place place) {
        assembly ("memory-safe") {
            place := mload(0x40)
            mstore(0x40, add(place, size))
        }
    }

    /// Gives back what was taken from `place` on.
    function release(Place place) internal pure {
        assembly ("memory-safe") {
            mstore(0x40, place)
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

    /// Copies memory to fresh memory, with a zero word behind it.
    function copyOf(Place from, uint256 size) internal pure returns (Place place) {
        place = allocate(size);
        assembly ("memory-safe") {
            mcopy(place, from, size)
            mstore(add(place, size), 0)
        }
    }

    /// Copies words of calldata to fresh memory.
    /// @param from Where they begin in calldata. @param size In bytes.
    function copyWords(uint256 from, uint256 size) internal pure returns (Place place) {
        place = allocateWords(size);
        assembly ("memory-safe") {
            calldatacopy(place, from, size)
        }
    }
}
