// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {ChainId} from "../interfaces/Actions.sol";
import {ProxyFactory} from "../proxy/ProxyFactory.sol";

/// @title The system contract, with the answers of other chains written down
/// @notice Never deployed. A gateway shows it in the system contract's place to tools that execute one past
/// transaction on their own (builder/gateway/replay): where the rollup's machine let a call leave the rollup,
/// this code makes the calls that came back meanwhile, and gives the answer that there was.
/// @dev Behind the code stands what was recorded, then its length (4 bytes). All numbers are big-endian.
///
///     recorded   number of this rollup (8), first turn
///     turn       number of alternatives (2), alternatives
///     call       key (32), gas that was left for it (8), place of its answer (4)
///     answer     is static (1), has failed (1), steps (2), next turn (4), length (4), steps, bytes
///     step       proxy (20), turn (4), is static (1), value (16), length (4), the proxy's calldata
///
/// A **turn** is where the rollup acts next: a place in the tree of everything it did, of which the calls it
/// made there are the alternatives. The turn that it is at lies in transient storage, so whatever undoes a
/// call takes the turn back as well. Static calls do not lead away from their turn.
///
/// A key is keccak256 of the calldata of `relay`, the value, and the caller. Where a turn has one key twice,
/// the call that had nearest to the gas that there is counts.
contract Replay is ProxyFactory {
    /// Thrown by a relay that leads nowhere: to the rollup that the caller is on.
    error OwnChain(ChainId rollup);
    /// Thrown by a call that did not happen, or not here.
    error NotRecorded(ChainId rollup, address original, bytes data);

    /// What a call that leaves costs (docs/spec.md section 7), and for each byte of its data and its answer.
    uint256 private constant CROSSING = 5000;
    uint256 private constant CROSSING_PER_BYTE = 24;
    /// What is spent before `relay` looks at its gas; and when it looks the last time, that look included.
    uint256 private constant BEFORE = 514;
    uint256 private constant AFTER = 61;
    uint256 private constant FIRST_TURN = 8;

    /// @inheritdoc ICrossChainManager
    /// @dev The frame ends in {_answer}, so memory is written from 0; for what comes after it, it is as it
    /// was.
    function relay(ChainId rollup, address original, address, bytes calldata data) external payable {
        uint256 given;
        uint256 price;
        uint256 ownRollup;
        assembly {
            given := add(gas(), BEFORE)
            price := add(CROSSING, mul(CROSSING_PER_BYTE, data.length))
        }
        uint256 record = _record();
        uint256 place = _find(record, given);
        if (place != 0) _answer(record + place, given, price);
        assembly {
            codecopy(0, record, 8)
            ownRollup := shr(192, mload(0))
            mstore(64, 128)
            mstore(96, 0)
        }
        if (msg.sender != proxyOf(original, rollup)) revert NotProxy(msg.sender);
        if (ChainId.unwrap(rollup) == ownRollup) revert OwnChain(rollup);
        // It ran out of gas before it left: nothing is recorded of such a call.
        if (given < price || msg.value >= 1 << 128)
            assembly {
                invalid()
            }
        revert NotRecorded(rollup, original, data);
    }

    /// @return record Where it begins in the code.
    function _record() private pure returns (uint256 record) {
        assembly {
            let end := sub(codesize(), 4)
            codecopy(0, end, 4)
            record := sub(end, shr(224, mload(0)))
        }
    }

    /// @return place Of the answer to the present call, in the record; 0 if the turn has none.
    function _find(uint256 record, uint256 given) private view returns (uint256 place) {
        assembly {
            calldatacopy(0, 0, calldatasize())
            mstore(calldatasize(), callvalue())
            mstore(add(calldatasize(), 32), caller())
            let key := keccak256(0, add(calldatasize(), 64))
            let turn := tload(0)
            if iszero(turn) {
                turn := FIRST_TURN
            }
            let at := add(record, turn)
            codecopy(0, at, 2)
            let nearest := not(0)
            at := add(at, 2)
            for {
                let end := add(at, mul(44, shr(240, mload(0))))
            } lt(at, end) {
                at := add(at, 44)
            } {
                codecopy(0, at, 44)
                if eq(mload(0), key) {
                    let had := shr(192, mload(32))
                    let distance := sub(had, given)
                    if gt(given, had) {
                        distance := sub(given, had)
                    }
                    if lt(distance, nearest) {
                        nearest := distance
                        place := and(shr(160, mload(32)), 0xffffffff)
                    }
                }
            }
        }
    }

    /// @dev Makes the calls that came back, then gives the answer that stands at `at` in the code.
    function _answer(uint256 at, uint256 given, uint256 price) private {
        assembly {
            codecopy(0, at, 12)
            let head := mload(0)
            let isStatic := byte(0, head)
            let size := and(shr(160, head), 0xffffffff)
            price := add(price, mul(CROSSING_PER_BYTE, size))
            if lt(given, price) {
                invalid()
            }
            at := add(at, 12)
            for {
                let steps := and(shr(224, head), 0xffff)
            } steps {
                steps := sub(steps, 1)
            } {
                codecopy(0, at, 45)
                let proxy := shr(96, mload(0))
                if iszero(isStatic) {
                    tstore(0, and(shr(64, mload(0)), 0xffffffff))
                }
                let isView := byte(24, mload(0))
                let value := shr(128, mload(25))
                let length := shr(224, mload(41))
                at := add(at, 45)
                codecopy(0, at, length)
                at := add(at, length)
                switch isView
                case 0 {
                    pop(call(gas(), proxy, value, 0, length, 0, 0))
                }
                default {
                    pop(staticcall(gas(), proxy, 0, length, 0, 0))
                }
            }
            codecopy(0, at, size)
            if iszero(isStatic) {
                tstore(0, and(shr(192, head), 0xffffffff))
            }
            // As on the rollup, nearly: a loop takes 22.
            for {
                let left := add(sub(given, price), AFTER)
            } gt(gas(), left) {} {}
            if byte(1, head) {
                revert(0, size)
            }
            return(0, size)
        }
    }
}
