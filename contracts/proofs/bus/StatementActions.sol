// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {CALL, ChainId, L2TX} from "../../interfaces/Actions.sol";
import {IBusProofSystem} from "../../interfaces/IBusProofSystem.sol";
import {STATEMENT_DOMAIN} from "../../interfaces/IProofSystem.sol";
import {CallerProxies} from "./CallerProxies.sol";
import {Place, Places} from "../Place.sol";
import {Bus, Terms} from "./Terms.sol";
import {SignedTransaction, Transactions} from "./Transactions.sol";

/// @title What L1 says of a statement's actions
/// @notice L1 decodes the data of each L2TX and sends what it says, and for each CALL that comes in its
/// caller's proxy. Where the actions are in the words: docs/spec.md section 2. They count from 0, over all
/// visits of the statement.
abstract contract StatementActions is CallerProxies {
    using Terms for Bus;

    /// Words in front of the visits, with the EVM chain id of L1, the rollup and the number of visits.
    uint256 private constant HEADER_WORDS = 7;
    uint256 private constant CHAIN_ID = 1;
    uint256 private constant ROLLUP = 3;
    uint256 private constant VISITS = 6;
    /// Of a visit in front of its actions, and of an action in front of its data, with the sender.
    uint256 private constant VISIT_WORDS = 3;
    uint256 private constant ACTION_WORDS = 4;
    uint256 private constant SENDER = 1;

    /// Sends all of it. Words that do not begin as those of `Rollups` do hold none.
    function _sendActions(Bus memory bus, uint256[] calldata words) internal view {
        if (words.length < HEADER_WORDS || words[0] != STATEMENT_DOMAIN) return;
        uint256 action = 0;
        uint256 at = HEADER_WORDS;
        for (uint256 visits = words[VISITS]; visits != 0; visits--) {
            uint256 end = action + words[at + VISIT_WORDS - 1];
            at += VISIT_WORDS;
            for (; action < end; action++) at = _next(bus, words, action, at);
        }
        if (at != words.length) revert IBusProofSystem.NotAStatement();
    }

    /// @param at Its first word. @return Where the next action begins.
    function _next(
        Bus memory bus,
        uint256[] calldata words,
        uint256 action,
        uint256 at
    ) private view returns (uint256) {
        unchecked {
            uint256 packed = words[at];
            uint256 length = uint32(packed >> 160);
            uint256 data = at + ACTION_WORDS;
            uint256 end = data + (length + 31) / 32;
            // Data is nowhere but here.
            if (end > words.length || uint8(packed >> 24) != 0) revert IBusProofSystem.NotAStatement();
            if (uint8(packed) == L2TX) _sendTransaction(bus, words, action, data, length);
            else if (uint8(packed) == CALL && uint64(packed >> 96) == words[ROLLUP])
                _sendProxy(bus, address(uint160(words[at + SENDER])), ChainId.wrap(uint64(packed >> 32)));
            return end;
        }
    }

    function _sendProxy(Bus memory bus, address sender, ChainId chain) private view {
        Place free = Places.allocate(0);
        (address proxy, bytes32 codeHash) = _callerProxy(sender, chain);
        bus.sendProxy(proxy, sender, ChainId.unwrap(chain), codeHash);
        free.release();
    }

    /// @param at The first word of its data, which has so many bytes.
    function _sendTransaction(
        Bus memory bus,
        uint256[] calldata words,
        uint256 action,
        uint256 at,
        uint256 length
    ) private pure {
        bytes calldata data;
        assembly ("memory-safe") {
            data.offset := add(words.offset, shl(5, at))
            data.length := length
        }
        Place free = Places.allocate(0);
        // EVM chain ids of rollups: docs/spec.md section 7.
        SignedTransaction memory transaction = Transactions.decode(
            data,
            words[CHAIN_ID] * 1000 + words[ROLLUP]
        );
        uint256[15] memory fields = transaction.fields;
        Place place;
        assembly ("memory-safe") {
            place := fields
        }
        bus.sendTransaction(action, place, transaction.fieldCount);
        uint256 size = transaction.dataLength;
        if (size != 0) bus.sendTransactionData(action, Places.copyBytes(transaction.dataStart, size), size);
        free.release();
    }
}
