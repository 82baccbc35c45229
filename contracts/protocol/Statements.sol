// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Action, ChainId, Execution, StateRoot} from "./Actions.sol";
import {Steps} from "./Steps.sol";

/// A visit, found in its execution's list.
/// @param execution Index of the execution in the batch.
/// @param first Index of the action that begins it.
/// @param last Index of the RESULT that ends it.
/// @param movesValue Whether Ether crosses the rollup's border in it.
struct LocatedVisit {
    ChainId rollup;
    StateRoot rootBefore;
    StateRoot rootAfter;
    uint256 execution;
    uint256 first;
    uint256 last;
    bool movesValue;
}

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

    /// Words of the statement that a proof of `chosen` visits asserts.
    /// @param chosen Indices into `visits`; checked by the caller to be visits of `rollup`.
    /// @param blobs {blobsWord} of the batch.
    function wordsOf(
        Execution[] memory executions,
        LocatedVisit[] memory visits,
        uint32[] calldata chosen,
        ChainId rollup,
        uint64 timestamp,
        uint256 blobs
    ) internal view returns (uint256[] memory words) {
        words = new uint256[](_count(executions, visits, chosen));
        words[0] = DOMAIN;
        words[1] = block.chainid;
        words[2] = uint160(address(this));
        words[3] = ChainId.unwrap(rollup);
        words[4] = timestamp;
        words[5] = blobs;
        words[6] = chosen.length;
        uint256 at = HEADER_WORDS;
        for (uint256 i = 0; i < chosen.length; i++) {
            at = _putVisit(words, at, executions, visits[chosen[i]]);
        }
    }

    /// The word that binds a batch to its blobs.
    function blobsWord(bytes32[] memory versionedHashes) internal pure returns (uint256) {
        return versionedHashes.length == 0 ? 0 : uint256(keccak256(abi.encodePacked(versionedHashes))) >> 8;
    }

    function _count(
        Execution[] memory executions,
        LocatedVisit[] memory visits,
        uint32[] calldata chosen
    ) private pure returns (uint256 count) {
        count = HEADER_WORDS + chosen.length * VISIT_WORDS;
        for (uint256 i = 0; i < chosen.length; i++) {
            LocatedVisit memory visit = visits[chosen[i]];
            Action[] memory actions = executions[visit.execution].actions;
            for (uint256 j = visit.first; j <= visit.last; j++) {
                Action memory action = actions[j];
                if (action.from != visit.rollup && action.to != visit.rollup) continue;
                count += ACTION_WORDS + (action.data.length + BYTES_PER_WORD - 1) / BYTES_PER_WORD;
            }
        }
    }

    function _putVisit(
        uint256[] memory words,
        uint256 at,
        Execution[] memory executions,
        LocatedVisit memory visit
    ) private pure returns (uint256) {
        Action[] memory actions = executions[visit.execution].actions;
        words[at] = uint256(StateRoot.unwrap(visit.rootBefore));
        words[at + 1] = uint256(StateRoot.unwrap(visit.rootAfter));
        uint256 lengthAt = at + 2;
        at += VISIT_WORDS;
        uint256 count = 0;
        for (uint256 i = visit.first; i <= visit.last; i++) {
            Action memory action = actions[i];
            if (action.from != visit.rollup && action.to != visit.rollup) continue;
            at = _putAction(words, at, action);
            count++;
        }
        words[lengthAt] = count;
        return at;
    }

    ///     bits 0-7 kind │ 8 failed │ 16 isStatic │ 32-95 from │ 96-159 to │ 160-191 data length
    function _putAction(
        uint256[] memory words,
        uint256 at,
        Action memory action
    ) private pure returns (uint256) {
        bytes memory data = action.data;
        words[at] =
            uint256(action.kind) |
            (action.failed ? 1 << 8 : 0) |
            (action.isStatic ? 1 << 16 : 0) |
            (uint256(ChainId.unwrap(action.from)) << 32) |
            (uint256(ChainId.unwrap(action.to)) << 96) |
            (data.length << 160);
        words[at + 1] = uint160(action.sender);
        words[at + 2] = uint160(action.target);
        words[at + 3] = action.value;
        at += ACTION_WORDS;
        // Calldata of 2^32 bytes cannot be paid for, so the length fits.
        for (uint256 i = 0; i < data.length; i += BYTES_PER_WORD) {
            uint256 end = i + BYTES_PER_WORD;
            // Bits of the word that are beyond the data: padding, whatever stands there in memory.
            uint256 beyond = end > data.length ? 8 * (end - data.length) : 0;
            words[at++] = (Steps.read(data, i, BYTES_PER_WORD) >> beyond) << beyond;
        }
        return at;
    }
}
