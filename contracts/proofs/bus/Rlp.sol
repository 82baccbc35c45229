// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// A sequence of RLP items in calldata, read from the front.
/// @param at Where the next item begins. @param end Where the sequence ends.
/// @param isValid No item so far was anything else than it should be. Once false, everything reads as zero.
struct RlpReader {
    uint256 at;
    uint256 end;
    bool isValid;
}

/// @title RLP in its one form
/// @notice Refuses what is not the shortest encoding: a single byte below 0x80 in a string of its own, a
/// length in more bytes than it needs, an integer with leading zeros; and what reaches beyond its sequence.
library Rlp {
    uint256 private constant STRING = 0x80;
    uint256 private constant LIST = 0xc0;
    /// The longest payload whose length is part of the first byte.
    uint256 private constant SHORT = 55;

    /// The next item, which has to be a list, as a sequence of its own. It is as valid as this one.
    function list(RlpReader memory reader) internal pure returns (RlpReader memory items) {
        (bool isList, uint256 start, uint256 length) = _next(reader);
        if (!isList) reader.isValid = false;
        items = RlpReader(start, start + length, reader.isValid);
    }

    /// The next item, which has to be a string.
    /// @return start Where it begins in calldata.
    function text(RlpReader memory reader) internal pure returns (uint256 start, uint256 length) {
        bool isList;
        (isList, start, length) = _next(reader);
        if (isList) reader.isValid = false;
    }

    /// The next item, which has to be a string of exactly so many bytes, at most 32, as a number.
    function fixedBytes(RlpReader memory reader, uint256 size) internal pure returns (uint256) {
        (uint256 start, uint256 length) = text(reader);
        if (length != size) reader.isValid = false;
        return reader.isValid ? _number(start, length) : 0;
    }

    /// The next item, which has to be an integer of at most so many bytes, at most 32.
    function integer(RlpReader memory reader, uint256 maxBytes) internal pure returns (uint256 value) {
        (uint256 start, uint256 length) = text(reader);
        if (length > maxBytes) reader.isValid = false;
        if (!reader.isValid || length == 0) return 0;
        value = _number(start, length);
        if (value >> (8 * (length - 1)) == 0) reader.isValid = false;
    }

    /// Whether everything was valid, and nothing is left.
    function isFinished(RlpReader memory reader) internal pure returns (bool) {
        return reader.isValid && reader.at == reader.end;
    }

    /// The encoding of an integer.
    function ofInteger(uint256 value) internal pure returns (bytes memory) {
        if (value != 0 && value < STRING) return abi.encodePacked(uint8(value));
        bytes memory digits = _shortest(value);
        return abi.encodePacked(uint8(STRING + digits.length), digits);
    }

    /// What stands in front of a list's items.
    function ofListHeader(uint256 length) internal pure returns (bytes memory) {
        if (length <= SHORT) return abi.encodePacked(uint8(LIST + length));
        bytes memory digits = _shortest(length);
        return abi.encodePacked(uint8(LIST + SHORT + digits.length), digits);
    }

    /// Reads an item's first bytes, and goes on behind the item.
    function _next(
        RlpReader memory reader
    ) private pure returns (bool isList, uint256 start, uint256 length) {
        unchecked {
            uint256 at = reader.at;
            if (!reader.isValid || at >= reader.end) return _refuse(reader);
            uint256 first = _number(at, 1);
            isList = first >= LIST;
            start = at + 1;
            if (first < STRING) {
                (start, length) = (at, 1);
            } else {
                length = first - (isList ? LIST : STRING);
                if (length > SHORT) {
                    uint256 digits = length - SHORT;
                    length = _number(start, digits);
                    start += digits;
                    // Digits beyond the end are refused with the rest.
                    if (length <= SHORT || length >> (8 * (digits - 1)) == 0) return _refuse(reader);
                } else if (!isList && length == 1 && _number(start, 1) < STRING) {
                    return _refuse(reader);
                }
            }
            // Neither wraps around: both are below 2^64 and a place in calldata.
            if (start + length > reader.end) return _refuse(reader);
            reader.at = start + length;
        }
    }

    function _refuse(RlpReader memory reader) private pure returns (bool, uint256, uint256) {
        reader.isValid = false;
        return (false, 0, 0);
    }

    /// Bytes of calldata, at least 1 and at most 32, as a number.
    function _number(uint256 at, uint256 size) private pure returns (uint256 value) {
        assembly ("memory-safe") {
            value := shr(sub(256, shl(3, size)), calldataload(at))
        }
    }

    /// Big-endian, without leading zeros; nothing for 0.
    function _shortest(uint256 value) private pure returns (bytes memory digits) {
        uint256 length = 0;
        while (length < 32 && value >> (8 * length) != 0) length++;
        digits = new bytes(length);
        assembly ("memory-safe") {
            if length {
                mstore(add(digits, 32), shl(sub(256, shl(3, length)), value))
            }
        }
    }
}
