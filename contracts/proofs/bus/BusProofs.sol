// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// Where the parts of a statement's proof lie. Layout: {IBusProofSystem}.
/// @param count Proofs. @param stride Bytes of a proof.
/// @param codes Codes. @param codesAt Where the first lies.
struct Layout {
    uint256 count;
    uint256 stride;
    uint256 codes;
    uint256 codesAt;
}

/// @title The bytes of a statement's proof
library BusProofs {
    /// Where A, B, C, D, the sum and the products lie in a proof, behind the key's number.
    uint256 internal constant A = 32;
    uint256 internal constant B = 96;
    uint256 internal constant C = 224;
    uint256 internal constant D = 288;
    uint256 internal constant SUM = 352;
    uint256 internal constant PRODUCTS = 384;

    uint256 internal constant CODE_BYTES = 128;
    /// Where the code's hash and C_Q lie in a code, behind the slot.
    uint256 internal constant CODE_HASH = 32;
    uint256 internal constant QUOTIENT = 64;

    uint256 private constant POINT_BYTES = 64;

    /// Where everything lies, and whether the proof has the length that its proofs and codes take.
    /// @param slots Slots of the set.
    function layoutOf(
        bytes calldata proof,
        uint256 slots
    ) internal pure returns (Layout memory layout, bool isWhole) {
        if (proof.length < 32) return (layout, false);
        layout.count = uint256(bytes32(proof));
        layout.stride = PRODUCTS + 32 * slots;
        // No more than there is room for, so that nothing overflows.
        if (layout.count == 0 || layout.count > proof.length / layout.stride) return (layout, false);
        layout.codesAt = 32 + layout.count * layout.stride;
        if (layout.codesAt > proof.length) return (layout, false);
        uint256 rest = proof.length - layout.codesAt;
        if (rest == 0) return (layout, true);
        if (rest <= POINT_BYTES) return (layout, false);
        layout.codes = (rest - POINT_BYTES) / CODE_BYTES;
        isWhole = rest == layout.codes * CODE_BYTES + POINT_BYTES;
    }

    function proofAt(
        bytes calldata proof,
        Layout memory layout,
        uint256 index
    ) internal pure returns (bytes calldata) {
        uint256 start = 32 + index * layout.stride;
        return proof[start:start + layout.stride];
    }

    function codeAt(
        bytes calldata proof,
        Layout memory layout,
        uint256 index
    ) internal pure returns (bytes calldata) {
        uint256 start = layout.codesAt + index * CODE_BYTES;
        return proof[start:start + CODE_BYTES];
    }

    /// W, which is there if there is a code.
    function openingOf(bytes calldata proof) internal pure returns (bytes calldata) {
        return proof[proof.length - POINT_BYTES:];
    }

    /// The 32 bytes at this place of a proof or code.
    function wordAt(bytes calldata part, uint256 offset) internal pure returns (uint256) {
        return uint256(bytes32(part[offset:]));
    }
}
