// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Action, Batch, ChainId, RollupProof, StateRoot} from "./Actions.sol";
import {LocatedVisit} from "./Walk.sol";

/// @title Statements as words
/// @notice Flattens what a proof asserts to words below 2^248 (roots: below the field's order), in one way only: every
/// length stands before what it measures. Layout: docs/spec.md section 2.
library Statements {
    /// First word of every statement. Not zero, so that sequences of different length are different polynomials.
    uint256 internal constant DOMAIN = uint256(keccak256("lockstep.statement.v1")) >> 8;

    uint256 private constant HEADER_WORDS = 7;
    uint256 private constant VISIT_WORDS = 3;
    uint256 private constant ACTION_WORDS = 4;
    uint256 private constant BYTES_PER_WORD = 31;

    /// Words that an action takes.
    function wordCountOf(Action calldata action) internal pure returns (uint256) {
        return ACTION_WORDS + (action.data.length + BYTES_PER_WORD - 1) / BYTES_PER_WORD;
    }

    /// Words of the statement that a proof asserts, 32 bytes each.
    /// @param manager `Rollups`.
    /// @param visits The batch's visits; the caller has checked that the proof's are of its rollup.
    /// @param blobs {blobsWord} of the batch.
    function wordsOf(
        Batch calldata batch,
        RollupProof calldata proof,
        LocatedVisit[] memory visits,
        address manager,
        uint256 blobs
    ) internal view returns (bytes memory words) {
        uint256 count = HEADER_WORDS;
        for (uint256 i = 0; i < proof.visits.length; i++) {
            LocatedVisit memory visit = visits[proof.visits[i]];
            count += VISIT_WORDS + (visit.nodes[visit.newest] >> 64);
        }
        words = new bytes(32 * count);
        uint256 at;
        assembly ("memory-safe") {
            at := add(words, 32)
        }
        at = _put(at, DOMAIN);
        at = _put(at, block.chainid);
        at = _put(at, uint160(manager));
        at = _put(at, ChainId.unwrap(proof.rollup));
        at = _put(at, batch.timestamp);
        at = _put(at, blobs);
        at = _put(at, proof.visits.length);
        for (uint256 i = 0; i < proof.visits.length; i++) {
            LocatedVisit memory visit = visits[proof.visits[i]];
            at = _putVisit(at, batch.executions[visit.execution].actions, visit);
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
        LocatedVisit memory visit
    ) private pure returns (uint256 end) {
        uint256 node = visit.nodes[visit.newest];
        at = _put(at, uint256(StateRoot.unwrap(visit.rootBefore)));
        at = _put(at, uint256(StateRoot.unwrap(visit.rootAfter)));
        at = _put(at, uint32(node >> 32));
        end = at + 32 * (node >> 64);
        // The list of actions leads backwards.
        uint256 number = visit.newest;
        at = end;
        while (number != 0) {
            node = visit.nodes[number];
            Action calldata action = actions[(number - 1) / 2];
            at -= 32 * wordCountOf(action);
            _putAction(at, action);
            number = uint32(node);
        }
    }

    ///     bits 0-7 kind │ 8 failed │ 16 isStatic │ 32-95 from │ 96-159 to │ 160-191 data length
    function _putAction(uint256 at, Action calldata action) private pure {
        bytes calldata data = action.data;
        // Calldata of 2^32 bytes cannot be paid for, so the length fits.
        at = _put(
            at,
            uint256(action.kind) |
                (action.failed ? 1 << 8 : 0) |
                (action.isStatic ? 1 << 16 : 0) |
                (uint256(ChainId.unwrap(action.from)) << 32) |
                (uint256(ChainId.unwrap(action.to)) << 96) |
                (data.length << 160)
        );
        at = _put(at, uint160(action.sender));
        at = _put(at, uint160(action.target));
        at = _put(at, action.value);
        for (uint256 i = 0; i < data.length; i += BYTES_PER_WORD) {
            uint256 left = data.length - i;
            uint256 word;
            assembly ("memory-safe") {
                word := shr(8, calldataload(add(data.offset, i)))
            }
            // Padding, whatever stands there in calldata.
            if (left < BYTES_PER_WORD) {
                uint256 beyond = 8 * (BYTES_PER_WORD - left);
                word = (word >> beyond) << beyond;
            }
            at = _put(at, word);
        }
    }
}
