// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibTransient} from "solady/src/utils/LibTransient.sol";
import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {IRollups} from "../interfaces/IRollups.sol";
import {Action, CALL, ChainId, hashAction, L1, RESULT, StateRoot} from "./Actions.sol";
import {Cursor, cursorAt, DEAD_END, IDLE} from "./Cursor.sol";
import {Executions} from "./Executions.sol";
import {ExecutionTable} from "./ExecutionTable.sol";
import {Proxies} from "./Proxies.sol";
import {Steps} from "./Steps.sol";

/// @title Playing executions on L1
/// @notice Re-entrancy is the purpose here. Why it is safe: L1's frames nest as the list's calls do. The cursor moves
/// on before L1 code runs; whatever that code does next reaches this contract as a relayed call or as the end of the
/// call made for a rollup, and must be one of the alternatives at the cursor. A relayed call returns only when the list
/// says so, and a frame that reverts takes cursor, roots, Ether and consumption back to where they were when it began. So
/// the cursor is always that of the frames that live, and an execution that has answered its trigger has no frame left.
///
/// Where a rollup undoes L1 calls, this contract does the same to itself: it has made the calls in a frame of its own, which
/// it then reverts. Between such a frame and what reverts it no L1 code waits, so L1 code can neither see nor forge it.
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
    /// @param at Where its opening's first step begins in the record.
    struct Found {
        address table;
        bytes32 batch;
        ExecutionTable.Record record;
        uint256 at;
    }

    /// What a call comes to.
    /// @param ending Number of the ending that was reached, if one was.
    struct Answer {
        bool failed;
        bytes data;
        uint256 ending;
    }

    /// A call to L1 that comes next.
    /// @param record Contents of a step's record.
    /// @param at Where in it the call is, after its flags.
    /// @param flags Those of {Steps}.
    /// @param frames How many frames to open around it.
    /// @param forTransaction It is made for an L2 transaction, whose calls must not be starved. Calls inside those, like
    /// any call on one chain, live on the gas their L1 caller gives.
    struct Outgoing {
        address table;
        bytes record;
        uint256 at;
        uint256 flags;
        uint256 frames;
        bool forTransaction;
    }

    modifier onlySelf() {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _;
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
        Answer memory answer =
            isStatic
                ? _lookUp(rollup, actionHash)
                : _cursor.isOpen()
                    ? _resume(actionHash)
                    : _trigger(rollup, actionHash);
        if (answer.failed) _revertWith(answer.data);
        bytes memory returned = answer.data;
        // Raw bytes, which Solidity's own return cannot give.
        assembly {
            return(add(returned, 32), mload(returned))
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

    function _revertWith(bytes memory data) internal pure {
        assembly ("memory-safe") {
            revert(add(data, 32), mload(data))
        }
    }

    // -------------------------------------------------------------------------------------------- the three relayed calls

    /// A static call: answered from a table, and nothing changes.
    function _lookUp(ChainId rollup, bytes32 actionHash) private returns (Answer memory) {
        Cursor cursor = _cursor;
        if (cursor.isOpen()) {
            (bool isFound, ExecutionTable.Record memory record, ) = ExecutionTable.alternativeFor(
                cursor.tableOf(),
                cursor.offsetOf(),
                actionHash
            );
            if (isFound) return _playStatic(cursor.tableOf(), record, 32);
        }
        Found memory found = _find(rollup, actionHash, true);
        return _playStatic(found.table, found.record, found.at);
    }

    /// A call outside any execution: opens one.
    function _trigger(ChainId rollup, bytes32 actionHash) private returns (Answer memory answer) {
        Found memory found = _find(rollup, actionHash, false);
        bytes memory contents = found.record.contents;
        _consumption.consumed |= uint192(1 << Steps.read(contents, 0, 1));
        answer = _play(found.table, contents, found.at, found.record.next, false);
        // The execution's answer to its trigger is the end of its path: no step is left over.
        assert(!_cursor.isOpen());
        if (!answer.failed) {
            emit ExecutionConsumed(found.batch, uint32(Steps.read(contents, 1, 2)), uint32(answer.ending));
        }
    }

    /// A call inside the open execution: must be one of what may come next in it.
    function _resume(bytes32 actionHash) private returns (Answer memory) {
        address table = _cursor.tableOf();
        ExecutionTable.Record memory record = _next(table, _cursor.offsetOf(), actionHash);
        return _play(table, record.contents, 32, record.next, false);
    }

    // ------------------------------------------------------------------------------------------------------------ play

    /// Plays steps until one ends with a RESULT, to be returned to the L1 frame that waits for it.
    /// @param record Contents of a step's record, effects at `at`.
    /// @param next Offset of what comes after it.
    /// @param forTransaction See {Outgoing}.
    function _play(
        address table,
        bytes memory record,
        uint256 at,
        uint256 next,
        bool forTransaction
    ) internal returns (Answer memory answer) {
        (bool isCall, Outgoing memory outgoing, Answer memory result) = _step(
            table,
            record,
            at,
            next,
            forTransaction
        );
        return isCall ? _goOut(outgoing) : result;
    }

    /// Plays on from a call to L1, in frames of its own if it has to.
    function _goOut(Outgoing memory call) private returns (Answer memory answer) {
        bool isCall = true;
        while (isCall) {
            uint256 at = 0;
            ExecutionTable.Record memory record;
            if (call.frames == 0) {
                bytes32 actionHash = _callOut(call.record, call.at, call.flags, call.forTransaction);
                // What L1 called meanwhile has moved the cursor.
                record = _next(call.table, _cursor.offsetOf(), actionHash);
                at = 32;
            } else {
                call.frames--;
                try this.playFramed(call) returns (Answer memory reached) {
                    return reached;
                } catch (bytes memory reason) {
                    record = ExecutionTable.recordAt(call.table, _undone(reason));
                }
            }
            (isCall, call, answer) = _step(call.table, record.contents, at, record.next, call.forTransaction);
        }
    }

    /// Makes a call to L1 and plays on in a frame that can be reverted. Called by this contract only.
    function playFramed(Outgoing memory call) external onlySelf returns (Answer memory) {
        return _goOut(call);
    }

    /// What to do when a frame was reverted.
    /// @return next Offset of the step that goes on, if it does so here. Whatever else reverted the frame, lack of gas among
    /// it, is passed on.
    function _undone(bytes memory reason) private pure returns (uint256 next) {
        if (bytes4(reason) != SpanUndone.selector) _revertWith(reason);
        uint256 frames = Steps.read(reason, 4, 32);
        next = Steps.read(reason, 36, 32);
        if (frames > 1) revert SpanUndone(frames - 1, next);
    }

    /// Applies a step's effects and moves the cursor to what comes after its action.
    /// @return isCall Whether that is a call to be made; else it is an answer.
    function _step(
        address table,
        bytes memory record,
        uint256 at,
        uint256 next,
        bool forTransaction
    ) private returns (bool isCall, Outgoing memory outgoing, Answer memory answer) {
        at = _applyEffects(record, at);
        (uint256 flags, uint256 count, uint256 start) = _readFlags(record, at);
        if (flags & Steps.IS_UNDOING != 0) revert SpanUndone(count, next);
        if (flags & Steps.IS_CALL != 0) {
            _cursor = cursorAt(table, next);
            return (true, Outgoing(table, record, start, flags, count, forTransaction), answer);
        }
        // After a dead end there is nothing to be found.
        _cursor =
            flags & Steps.IS_LAST != 0 ? IDLE : cursorAt(table, flags & Steps.IS_DEAD != 0 ? DEAD_END : next);
        return (false, outgoing, Answer(flags & Steps.IS_FAILED != 0, Steps.tail(record, start), count));
    }

    /// Plays steps of a static call: nothing changes, the cursor included. There are no effects, for roots stay, no value
    /// moves, and that a rollup waits is not shown.
    function _playStatic(
        address table,
        ExecutionTable.Record memory record,
        uint256 at
    ) private returns (Answer memory) {
        while (true) {
            (uint256 flags, , uint256 start) = _readFlags(record.contents, at + 1);
            if (flags & Steps.IS_CALL == 0) {
                return Answer(flags & Steps.IS_FAILED != 0, Steps.tail(record.contents, start), 0);
            }
            record = _next(table, record.next, _callOut(record.contents, start, flags, false));
            at = 32;
        }
    }

    function _readFlags(
        bytes memory record,
        uint256 at
    ) private pure returns (uint256 flags, uint256 count, uint256 next) {
        flags = Steps.read(record, at, 1);
        if (flags & Steps.HAS_COUNT == 0) return (flags, 0, at + 1);
        return (flags, Steps.read(record, at + 1, 2), at + 3);
    }

    /// The alternative, of the turn at `offset`, that begins with the given action.
    function _next(
        address table,
        uint256 offset,
        bytes32 actionHash
    ) private view returns (ExecutionTable.Record memory) {
        (bool isFound, ExecutionTable.Record memory record, bytes32 first) = ExecutionTable.alternativeFor(
            table,
            offset,
            actionHash
        );
        if (!isFound) revert UnexpectedAction(first, actionHash);
        return record;
    }

    function _applyEffects(bytes memory record, uint256 at) private returns (uint256) {
        uint256 count = Steps.read(record, at, 1);
        at += 1;
        for (uint256 i = 0; i < count; i++) {
            uint256 flags = Steps.read(record, at, 1);
            uint64 id;
            (id, at) = Steps.readChain(record, at + 1);
            ChainId rollup = ChainId.wrap(id);
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

    /// Makes the call at `at` from its sender's proxy.
    /// @return Hash of the RESULT that it gave.
    function _callOut(
        bytes memory record,
        uint256 at,
        uint256 flags,
        bool forTransaction
    ) private returns (bytes32) {
        uint64 id;
        (id, at) = Steps.readChain(record, at);
        ChainId source = ChainId.wrap(id);
        address proxy = _ensureProxy(address(uint160(Steps.read(record, at, 20))), source);
        at += 20;
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
                found.record = ExecutionTable.recordAt(table, offset);
                bytes memory contents = found.record.contents;
                if (!isStatic && (consumed >> Steps.read(contents, 0, 1)) & 1 != 0) continue;
                (found.at, , ) = _checkRoots(contents, 3);
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
        uint256 count = Steps.read(record, start, 1);
        at = start + 1;
        for (uint256 i = 0; i < count; i++) {
            uint64 id;
            (id, at) = Steps.readChain(record, at);
            rollup = ChainId.wrap(id);
            expected = StateRoot.wrap(bytes32(Steps.read(record, at, 32)));
            if (_visibleRoot(rollup) != expected) return (0, rollup, expected);
            at += 32;
        }
    }
}
