// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Action, Batch, ChainId, RollupProof, StateRoot} from "../interfaces/Actions.sol";
import {STATEMENT_DOMAIN} from "../interfaces/IProofSystem.sol";
import {CanonicalBatch} from "./CanonicalBatch.sol";
import {LocatedVisit, Walks} from "./Walk.sol";

/// @title Statements as words
/// @notice Flattens what a proof asserts to words, in one way only: every length stands before what it
/// measures. With data in words of 31 bytes all are below 2^248 (roots: below the field's order). Layout:
/// docs/spec.md section 2.
library Statements {
    using CanonicalBatch for *;

    /// Of an encoded statement besides its words and the proof: key, two offsets, two lengths.
    uint256 private constant STATEMENT_WORDS = 5;
    uint256 private constant HEADER_WORDS = 7;
    uint256 private constant VISIT_WORDS = 3;
    uint256 private constant ACTION_WORDS = 4;
    /// Bit of {wordCountsOf} from which on words are counted whose data has 32 bytes.
    uint256 private constant WHOLE_WORDS = 64;

    /// Words that an action takes: with data in words of 31 bytes in bits 0-63, of 32 bytes in bits 64-.
    /// Which of them a proof system takes is known only when the visit has a proof.
    function wordCountsOf(Action calldata action) internal pure returns (uint256) {
        uint256 length = action.dataOf().length;
        return _wordCount(length, 31) | (_wordCount(length, 32) << WHOLE_WORDS);
    }

    /// @param bytesPerWord Bytes of data that a word has.
    function _wordCount(uint256 length, uint256 bytesPerWord) private pure returns (uint256) {
        unchecked {
            return ACTION_WORDS + (length + bytesPerWord - 1) / bytesPerWord;
        }
    }

    /// What a proof asserts, as `abi.encode` gives a {Statement}, but for the offset in front.
    /// @param manager `Rollups`.
    /// @param visits The batch's visits; the caller has checked that the proof's are of its rollup.
    /// @param blobs {blobsWord} of the batch.
    /// @param bytesPerWord Bytes of data that a word has.
    function encode(
        Batch calldata batch,
        RollupProof calldata proof,
        LocatedVisit[] memory visits,
        address manager,
        uint256 blobs,
        uint256 bytesPerWord
    ) internal view returns (bytes memory statement) {
        unchecked {
            uint32[] calldata chosen = proof.visits;
            uint256 count = HEADER_WORDS;
            for (uint256 i = 0; i < chosen.length; i++) {
                LocatedVisit memory visit = visits[chosen[i]];
                count += VISIT_WORDS + _wordsOf(Walks.wordAt(visit.nodes, visit.newest), bytesPerWord);
            }
            bytes calldata given = proof.proof;
            statement = new bytes(32 * (STATEMENT_WORDS + count + (given.length + 31) / 32));
            uint256 at;
            assembly ("memory-safe") {
                at := add(statement, 32)
            }
            at = _put(at, uint256(proof.verificationKey));
            at = _put(at, 3 * 32);
            at = _put(at, (4 + count) * 32);
            at = _put(at, count);
            at = _put(at, STATEMENT_DOMAIN);
            at = _put(at, block.chainid);
            at = _put(at, uint160(manager));
            at = _put(at, ChainId.unwrap(proof.rollup));
            at = _put(at, batch.timestamp);
            at = _put(at, blobs);
            at = _put(at, chosen.length);
            for (uint256 i = 0; i < chosen.length; i++) {
                LocatedVisit memory visit = visits[chosen[i]];
                Action[] calldata actions = batch.executionsOf().executionAt(visit.execution).actionsOf();
                at = _putVisit(at, actions, visit, bytesPerWord);
            }
            at = _put(at, given.length);
            assembly ("memory-safe") {
                calldatacopy(at, given.offset, given.length)
            }
        }
    }

    /// The word that binds a batch to its blobs.
    function blobsWord(bytes32[] memory versionedHashes) internal pure returns (uint256) {
        return versionedHashes.length == 0 ? 0 : uint256(keccak256(abi.encodePacked(versionedHashes))) >> 8;
    }

    function _put(uint256 at, uint256 word) private pure returns (uint256) {
        assembly ("memory-safe") {
            mstore(at, word)
        }
        return at + 32;
    }

    function _putVisit(
        uint256 at,
        Action[] calldata actions,
        LocatedVisit memory visit,
        uint256 bytesPerWord
    ) private pure returns (uint256 end) {
        unchecked {
            uint256[] memory nodes = visit.nodes;
            uint256 number = visit.newest;
            uint256 node = Walks.wordAt(nodes, number);
            at = _put(at, uint256(StateRoot.unwrap(visit.rootBefore)));
            at = _put(at, uint256(StateRoot.unwrap(visit.rootAfter)));
            at = _put(at, uint32(node >> 32));
            end = at + 32 * _wordsOf(node, bytesPerWord);
            // The list of actions leads backwards.
            at = end;
            while (number != 0) {
                at = _putAction(at, actions.actionAt((number - 1) / 2), bytesPerWord);
                number = uint32(Walks.wordAt(nodes, number));
            }
        }
    }

    /// Words of the actions up to this node.
    function _wordsOf(uint256 node, uint256 bytesPerWord) private pure returns (uint256) {
        return uint64(node >> (64 + (bytesPerWord == 32 ? WHOLE_WORDS : 0)));
    }

    /// Bits 24-31 say where the data is: here it always follows.
    ///
    ///     bits 0-7 kind │ 8 failed │ 16 isStatic │ 32-95 from │ 96-159 to │ 160-191 length │ 192-223 gas
    /// @param end Where the action's words end.
    /// @return start Where they start.
    function _putAction(
        uint256 end,
        Action calldata action,
        uint256 bytesPerWord
    ) private pure returns (uint256 start) {
        unchecked {
            bytes calldata data = action.dataOf();
            uint256 length = data.length;
            start = end - 32 * _wordCount(length, bytesPerWord);
            address sender = action.senderOf();
            address target = action.targetOf();
            uint256 at = start;
            // Calldata of 2^32 bytes cannot be paid for, so the length fits.
            assembly ("memory-safe") {
                let word := or(calldataload(action), shl(8, calldataload(add(action, 0xc0))))
                word := or(word, shl(16, calldataload(add(action, 0xe0))))
                word := or(word, shl(32, calldataload(add(action, 0x20))))
                word := or(word, shl(96, calldataload(add(action, 0x40))))
                word := or(word, shl(160, length))
                mstore(at, or(word, shl(192, calldataload(add(action, 0x100)))))
                mstore(add(at, 0x20), sender)
                mstore(add(at, 0x40), target)
                mstore(add(at, 0x60), calldataload(add(action, 0xa0)))
                at := add(at, 0x80)
            }
            if (length == 0) return start;
            assembly ("memory-safe") {
                let from := data.offset
                let missing := shl(3, sub(32, bytesPerWord))
                for {} lt(at, end) {} {
                    mstore(at, shr(missing, calldataload(from)))
                    from := add(from, bytesPerWord)
                    at := add(at, 32)
                }
                // The last word has bytes of the padding, or of what follows it.
                let beyond := shl(3, sub(sub(from, data.offset), length))
                let last := sub(end, 32)
                mstore(last, shl(beyond, shr(beyond, mload(last))))
            }
        }
    }
}
