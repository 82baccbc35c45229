// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Place, Places} from "../Place.sol";

/// A statement's proof, copied to memory but for its questions. Layout: {IBusProofSystem}.
/// @param copied All of the copy, with {BusProofs.ROOM} in front of it. @param size Its bytes.
/// @param count Proofs. @param stride Bytes of a proof. @param proofs Where they are.
/// @param codeCount Codes. @param codes Where they are, with W behind the last one.
struct BusProof {
    Place copied;
    uint256 size;
    uint256 count;
    uint256 stride;
    Place proofs;
    uint256 codeCount;
    Place codes;
}

/// @title The bytes of a statement's proof
library BusProofs {
    /// Where the key's number, D, A, B, C, the sum and the products lie in a proof. What is committed to
    /// before the challenges stands first; A and B are a pair as the precompile takes it.
    uint256 internal constant KEY = 0;
    uint256 internal constant D = 32;
    uint256 internal constant A = 96;
    uint256 internal constant B = 160;
    uint256 internal constant C = 288;
    uint256 internal constant SUM = 352;
    uint256 internal constant PRODUCTS = 384;
    /// Bytes of key and D.
    uint256 internal constant COMMITMENT_BYTES = 96;

    uint256 internal constant CODE_BYTES = 128;
    /// Where the slot, the code's hash and C_Q lie in a code.
    uint256 internal constant SLOT = 0;
    uint256 internal constant CODE_HASH = 32;
    uint256 internal constant QUOTIENT = 64;

    /// What is free in front of a copy, for what is hashed with it.
    uint256 internal constant ROOM = 64;

    uint256 private constant HEADER_BYTES = 64;
    uint256 private constant POINT_BYTES = 64;

    /// Reads what a proof has besides questions.
    /// @param slots Slots of the set.
    /// @return isWhole Whether the proof has all that its header says. Questions are what is left of it.
    function read(
        BusProof memory result,
        bytes calldata proof,
        uint256 slots
    ) internal pure returns (bool isWhole) {
        unchecked {
            if (proof.length < HEADER_BYTES) return false;
            uint256 offset;
            uint256 count;
            uint256 codeCount;
            assembly ("memory-safe") {
                offset := proof.offset
                count := calldataload(offset)
                codeCount := calldataload(add(offset, 32))
            }
            uint256 stride = PRODUCTS + 32 * slots;
            // No more than there is room for, so that nothing overflows.
            if (count == 0 || count > proof.length / stride || codeCount > proof.length / CODE_BYTES)
                return false;
            uint256 codesAt = HEADER_BYTES + count * stride;
            uint256 size = codesAt + codeCount * CODE_BYTES + (codeCount == 0 ? 0 : POINT_BYTES);
            if (size > proof.length) return false;
            Places.allocateWords(ROOM);
            Place copied = Places.copyWords(offset, size);
            result.copied = copied;
            result.size = size;
            result.count = count;
            result.stride = stride;
            result.proofs = copied.plus(HEADER_BYTES);
            result.codeCount = codeCount;
            result.codes = copied.plus(codesAt);
            return true;
        }
    }

    function proofAt(BusProof memory proof, uint256 index) internal pure returns (Place) {
        unchecked {
            return proof.proofs.plus(index * proof.stride);
        }
    }

    function codeAt(BusProof memory proof, uint256 index) internal pure returns (Place) {
        unchecked {
            return proof.codes.plus(index * CODE_BYTES);
        }
    }

    /// W, which is there if there is a code.
    function openingOf(BusProof memory proof) internal pure returns (Place) {
        return codeAt(proof, proof.codeCount);
    }
}
