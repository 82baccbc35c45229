// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibTransient} from "solady/src/utils/LibTransient.sol";
import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {IRollups} from "../interfaces/IRollups.sol";
import {Action, CALL, ChainId, hashAction, L1, RESULT, StateRoot} from "./Actions.sol";
import {cursorAt, IDLE} from "./Cursor.sol";
import {Executions} from "./Executions.sol";
import {ExecutionTable} from "./ExecutionTable.sol";
import {Proxies} from "./Proxies.sol";
import {Steps} from "./Steps.sol";

/// @title Playing executions on L1
/// @notice Re-entrancy is the purpose here. Why it is safe: L1's frames nest as the list's calls do. The cursor moves
/// on before L1 code runs; whatever that code does next reaches this contract as a relayed call or as the end of the
/// call made for a rollup, and must be the very action at the cursor. A relayed call returns only when the list says
/// so, and a frame that reverts takes cursor, roots, Ether and consumption back to where they were when it began. So
/// the cursor is always that of the frames that live, and an execution that has answered its trigger has no frame left.
abstract contract Player is Proxies {
    using LibTransient for LibTransient.TBool;

    /// @inheritdoc IRollups
    uint256 public constant OUTGOING_CALL_GAS = 1_000_000;

    /// What is spent between the check and the callee's first operation: a 64th kept back twice (32,000 for the callee's
    /// gas), twice a cold account, a value transfer and a new account (2 × 36,600), the proxy's copy of at most 24 KiB
    /// of data (9,000); the rest is margin. A test measures what arrives.
    uint256 private constant OUTGOING_CALL_OVERHEAD = 150_000;

    /// More data than a table could ever hold; keeps a callee from using up the gas for what follows.
    uint256 private constant MAX_RETURN_DATA = 32_768;

    /// A static frame lets the probe use all its gas; a frame that is not needs a few hundred.
    uint256 private constant PROBE_GAS = 2_000;
    uint256 private constant MIN_GAS_FOR_PROBE = 10_000;

    /// Executions that can be told apart in one block.
    uint256 internal constant MAX_EXECUTIONS = 192;

    /// The latest table, if `blockNumber` is the current block.
    struct Latest {
        address table;
        uint64 blockNumber;
    }

    /// Which of the executions posted in block `blockNumber` were consumed. `posted` keeps the word from being zero, so
    /// that consuming never pays for a fresh slot.
    struct Consumption {
        uint56 blockNumber;
        uint8 posted;
        uint192 consumed;
    }

    /// An execution that was found.
    struct Found {
        address table;
        bytes32 batch;
        bytes record;
        uint256 at;
        uint256 next;
    }

    Latest internal _latest;
    Consumption internal _consumption;

    /// @inheritdoc ICrossChainManager
    function relay(ChainId rollup, address original, address sender, bytes calldata data) external payable {
        if (msg.sender != proxyOf(original, rollup)) revert NotProxy(msg.sender);
        if (msg.value > type(uint128).max) revert ValueTooLarge(msg.value);
        bool isStatic = msg.value == 0 && _isStaticFrame();
        bytes32 actionHash = hashAction(
            Action({
                kind: CALL,
                from: L1,
                to: rollup,
                sender: sender,
                target: original,
                value: uint128(msg.value),
                failed: false,
                isStatic: isStatic,
                data: data
            })
        );
        (bool failed, bytes memory answer) = isStatic
            ? _lookUp(rollup, actionHash)
            : _cursor.isOpen()
                ? _resume(actionHash)
                : _trigger(rollup, actionHash);
        // Raw bytes, which Solidity's own return cannot give.
        assembly {
            if failed {
                revert(add(answer, 32), mload(answer))
            }
            return(add(answer, 32), mload(answer))
        }
    }

    /// Succeeds where state may be changed. Called by this contract only, and harmless to others.
    function probeStatic() external {
        assembly {
            tstore(not(0), 0)
        }
    }

    function _isStaticFrame() private returns (bool) {
        // With less, the probe could fail for want of gas, and a call could be passed off as static.
        if (gasleft() < MIN_GAS_FOR_PROBE) revert InsufficientProbeGas(gasleft(), MIN_GAS_FOR_PROBE);
        (bool success, ) = address(this).call{gas: PROBE_GAS}(abi.encodeCall(this.probeStatic, ()));
        return !success;
    }

    // -------------------------------------------------------------------------------------------- the three relayed calls

    /// A static call: answered from a table, and nothing changes.
    function _lookUp(ChainId rollup, bytes32 actionHash) private view returns (bool, bytes memory) {
        Found memory found = _find(rollup, actionHash, true);
        // No effects: roots stay and no value moves in a static execution.
        return _result(found.record, found.at + 2);
    }

    /// A call outside any execution: opens one.
    function _trigger(ChainId rollup, bytes32 actionHash) private returns (bool failed, bytes memory answer) {
        Found memory found = _find(rollup, actionHash, false);
        _consumption.consumed |= uint192(1 << Steps.read(found.record, 0, 1));
        emit ExecutionConsumed(found.batch, uint32(Steps.read(found.record, 1, 2)));
        (failed, answer) = _play(found.table, found.record, found.at, found.next, false);
        // The execution's answer to its trigger is its last action: no step is left over.
        assert(!_cursor.isOpen());
    }

    /// A call inside the open execution: must be what comes next in it.
    function _resume(bytes32 actionHash) private returns (bool, bytes memory) {
        (bytes memory record, uint256 next) = _next(actionHash);
        return _play(_cursor.tableOf(), record, 32, next, false);
    }

    // ------------------------------------------------------------------------------------------------------------ play

    /// Plays steps until one ends with a RESULT, to be returned to the L1 frame that waits for it.
    /// @param record Contents of a step's record, effects at `at`.
    /// @param next Offset of the step after it.
    /// @param forTransaction L1 is called for an L2 transaction, whose calls must not be starved. Calls inside those, like
    /// any call on one chain, live on the gas their L1 caller gives.
    function _play(
        address table,
        bytes memory record,
        uint256 at,
        uint256 next,
        bool forTransaction
    ) internal returns (bool failed, bytes memory answer) {
        while (true) {
            at = _applyEffects(record, at);
            uint256 flags = Steps.read(record, at, 1);
            _cursor = flags & Steps.IS_LAST == 0 ? cursorAt(table, next) : IDLE;
            if (flags & Steps.IS_CALL == 0) return _result(record, at);
            bytes32 actionHash = _callOut(record, at, forTransaction);
            (record, next) = _next(actionHash);
            at = 32;
        }
    }

    /// The step at the cursor, which must begin with the given action.
    function _next(bytes32 actionHash) private view returns (bytes memory record, uint256 next) {
        (record, next) = ExecutionTable.recordAt(_cursor.tableOf(), _cursor.offsetOf());
        bytes32 expected = bytes32(Steps.read(record, 0, 32));
        if (expected != actionHash) revert UnexpectedAction(expected, actionHash);
    }

    function _applyEffects(bytes memory record, uint256 at) private returns (uint256) {
        uint256 count = Steps.read(record, at, 2);
        at += 2;
        for (uint256 i = 0; i < count; i++) {
            ChainId rollup = ChainId.wrap(uint64(Steps.read(record, at, 8)));
            uint256 flags = Steps.read(record, at + 8, 1);
            at += 9;
            if (flags & Steps.NEW_ROOT != 0) {
                _setRoot(rollup, StateRoot.wrap(bytes32(Steps.read(record, at, 32))));
                at += 32;
            }
            uint256 debit = 0;
            uint256 credit = 0;
            if (flags & Steps.DEBIT != 0) {
                debit = Steps.read(record, at, 16);
                at += 16;
            }
            if (flags & Steps.CREDIT != 0) {
                credit = Steps.read(record, at, 16);
                at += 16;
            }
            if (debit | credit != 0) _moveEther(rollup, debit, credit);
            if (flags & Steps.SLEEP_OR_WAKE != 0) _asleep(rollup).set(!_asleep(rollup).get());
        }
        return at;
    }

    function _result(bytes memory record, uint256 at) private pure returns (bool failed, bytes memory data) {
        failed = Steps.read(record, at, 1) & Steps.IS_FAILED != 0;
        data = Steps.tail(record, at + 1);
    }

    /// Makes the call at `at` from its sender's proxy.
    /// @return Hash of the RESULT that it gave.
    function _callOut(bytes memory record, uint256 at, bool forTransaction) private returns (bytes32) {
        uint256 flags = Steps.read(record, at, 1);
        ChainId source = ChainId.wrap(uint64(Steps.read(record, at + 1, 8)));
        address proxy = _ensureProxy(address(uint160(Steps.read(record, at + 9, 20))), source);
        at += 29;
        uint256 value = 0;
        if (flags & Steps.HAS_VALUE != 0) {
            value = Steps.read(record, at, 16);
            at += 16;
        }
        if (forTransaction && gasleft() < OUTGOING_CALL_GAS + OUTGOING_CALL_OVERHEAD) {
            revert InsufficientCallGas(gasleft(), OUTGOING_CALL_GAS + OUTGOING_CALL_OVERHEAD);
        }
        bool success;
        uint256 size;
        // What follows in the record, `target ‖ data`, is the proxy's calldata. The answer is measured before it is copied.
        assembly ("memory-safe") {
            let input := add(add(record, 32), at)
            let length := sub(mload(record), at)
            switch and(flags, 4)
            case 0 {
                success := call(gas(), proxy, value, input, length, 0, 0)
            }
            default {
                success := staticcall(gas(), proxy, input, length, 0, 0)
            }
            size := returndatasize()
        }
        if (size > MAX_RETURN_DATA) revert ReturnDataTooLarge(size);
        bytes memory data = new bytes(size);
        assembly ("memory-safe") {
            returndatacopy(add(data, 32), 0, size)
        }
        return
            hashAction(
                Action({
                    kind: RESULT,
                    from: L1,
                    to: source,
                    sender: address(0),
                    target: address(0),
                    value: 0,
                    failed: !success,
                    isStatic: false,
                    data: data
                })
            );
    }

    // ------------------------------------------------------------------------------------------------------------ find

    /// The first execution for a call that can be played now: newest table first, then the order of the batch.
    function _find(
        ChainId rollup,
        bytes32 actionHash,
        bool isStatic
    ) private view returns (Found memory found) {
        bytes32 key = Executions.triggerKey(actionHash, _visibleRoot(rollup));
        Latest memory latest = _latest;
        address table = latest.blockNumber == block.number ? latest.table : address(0);
        uint256 consumed = _consumption.consumed;
        while (table != address(0)) {
            ExecutionTable.Header memory header = ExecutionTable.headerOf(table);
            for (uint256 probe = 0; probe < header.slotCount; probe++) {
                (bool isFree, uint256 offset) = ExecutionTable.probeFor(table, header, key, probe);
                if (isFree) break;
                if (offset == 0) continue;
                (found.record, found.next) = ExecutionTable.recordAt(table, offset);
                if (!isStatic && (consumed >> Steps.read(found.record, 0, 1)) & 1 != 0) continue;
                (found.at, , ) = _checkRoots(found.record, 3);
                if (found.at == 0) continue;
                found.table = table;
                found.batch = header.batch;
                return found;
            }
            table = header.previous;
        }
        _requireKnown(rollup);
        if (msg.value != 0 && _states[rollup].nativeToken) revert NativeTokenRollup(rollup);
        revert ExecutionNotFound(actionHash);
    }

    /// Compares the roots that an opening asks for with what is.
    /// @return at Where the first step's effects begin; zero if a root differs.
    /// @return rollup The first rollup whose root differs.
    /// @return expected The root it should have.
    function _checkRoots(
        bytes memory record,
        uint256 start
    ) internal view returns (uint256 at, ChainId rollup, StateRoot expected) {
        uint256 count = Steps.read(record, start, 2);
        at = start + 2;
        for (uint256 i = 0; i < count; i++) {
            rollup = ChainId.wrap(uint64(Steps.read(record, at, 8)));
            expected = StateRoot.wrap(bytes32(Steps.read(record, at + 8, 32)));
            if (_visibleRoot(rollup) != expected) return (0, rollup, expected);
            at += 40;
        }
    }
}
