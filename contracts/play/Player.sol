// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {LibTransient} from "solady/src/utils/LibTransient.sol";
import {ICrossChainManager} from "../interfaces/ICrossChainManager.sol";
import {CrossChain} from "../interfaces/CrossChain.sol";
import {ChainId, hashCallFromL1, hashResultOfL1, StateRoot} from "../interfaces/Actions.sol";
import {Cursor, cursorAt, DEAD_END, IDLE} from "../table/Cursor.sol";
import {Executions} from "../batch/Executions.sol";
import {ExecutionTable, NO_TABLE, Table, TableHead} from "../table/ExecutionTable.sol";
import {Proxies} from "../registry/Proxies.sol";
import {Steps} from "../table/Steps.sol";

/// @title Playing executions on L1
/// @notice Re-entrancy is the purpose here. Why it is safe: L1's frames nest as the list's calls do. The
/// cursor moves on before L1 code runs; whatever that code does next reaches this contract as a relayed call
/// or as the end of the call made for a rollup, and must be one of the alternatives at the cursor. A relayed
/// call returns only when the list says so, and a frame that reverts takes cursor, roots, Ether and
/// consumption back to where they were when it began. So the cursor is always that of the frames that live,
/// and an execution that has answered its trigger has no frame left.
///
/// Where a rollup undoes L1 calls, this contract does the same to itself: it has made the calls in a frame of
/// its own, which it then reverts. Between such a frame and what reverts it no L1 code waits, so L1 code can
/// neither see nor forge it.
abstract contract Player is Proxies {
    using LibTransient for LibTransient.TBool;

    /// What is spent at most between the check and the callee's first operation, besides the 64ths: twice a
    /// value transfer and once a new account (43,000), the target and whom it delegates to (5,200), the
    /// proxy's copy of at most 24 KiB of data (5,800); the rest is margin. A test measures what arrives.
    uint256 private constant OUTGOING_CALL_OVERHEAD = 60_000;

    /// More data than a table could ever hold; keeps a callee from using up the gas for what follows.
    uint256 private constant MAX_RETURN_DATA = 32_768;

    /// A static frame lets the probe use all its gas; a frame that is not needs a few hundred.
    uint256 private constant PROBE_GAS = 2_000;
    uint256 private constant MIN_GAS_FOR_PROBE = 10_000;

    /// Executions that can be told apart in one table.
    uint256 internal constant MAX_EXECUTIONS = 192;

    /// The tables of the current block, if it is `blockNumber`.
    /// @param table The latest one.
    /// @param end Where the next one goes.
    struct Latest {
        uint64 blockNumber;
        uint32 table;
        uint32 end;
    }

    /// What a call comes to.
    /// @param ending Number of the ending that was reached, if one was.
    struct Answer {
        bool failed;
        bytes data;
        uint256 ending;
    }

    /// Where L1 is in a record: before the step's effects, or after the flags of the action that follows
    /// them.
    /// @param at Offset in the record.
    /// @param flags,count Of the action, as in {Steps}.
    /// @param next Offset, in the table, of what comes after the record.
    struct RecordReader {
        Table table;
        bytes record;
        uint256 at;
        uint256 flags;
        uint256 count;
        uint256 next;
    }

    modifier onlySelf() {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        _;
    }

    Latest internal _latest;

    /// @inheritdoc ICrossChainManager
    function relay(ChainId rollup, address original, address sender, bytes calldata data) external payable {
        if (msg.sender != proxyOf(original, rollup)) revert NotProxy(msg.sender);
        if (msg.value > type(uint128).max) revert ValueTooLarge(msg.value);
        bool isStatic = msg.value == 0 && _isStaticFrame();
        bytes32 actionHash = hashCallFromL1(rollup, sender, original, msg.value, isStatic, data);
        Answer memory answer =
            isStatic
                ? _lookUp(rollup, actionHash)
                : _cursor.isOpen()
                    ? _resume(actionHash)
                    : _trigger(rollup, actionHash);
        if (answer.failed) _failWith(answer.data);
        bytes memory returned = answer.data;
        // Raw bytes, which Solidity's own return cannot give.
        assembly {
            return(add(returned, 32), mload(returned))
        }
    }

    /// Passes on what a remote contract has reverted with. The selectors of this contract's own errors stay
    /// its own.
    function _failWith(bytes memory data) private pure {
        if (CrossChain.isManagers(data)) revert RemoteError(data);
        _revertWith(data);
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
        bytes32 selector = this.probeStatic.selector;
        bool success;
        assembly ("memory-safe") {
            mstore(0, selector)
            success := call(PROBE_GAS, address(), 0, 0, 4, 0, 0)
        }
        return !success;
    }

    function _revertWith(bytes memory data) internal pure {
        assembly ("memory-safe") {
            revert(add(data, 32), mload(data))
        }
    }

    // ------------------------------------------------------------------------------- the three relayed calls

    /// A static call: answered from a table, and nothing changes.
    function _lookUp(ChainId rollup, bytes32 actionHash) private returns (Answer memory) {
        Cursor cursor = _cursor;
        if (cursor.isOpen()) {
            Table open = cursor.tableOf();
            (bool isFound, bytes memory contents, uint256 end, ) = ExecutionTable.alternativeFor(
                open,
                cursor.offsetOf(),
                actionHash
            );
            if (isFound) return _playStatic(RecordReader(open, contents, 32, 0, 0, end));
        }
        (Table table, bytes memory record, uint256 at, uint256 next) = _find(rollup, actionHash, true);
        return _playStatic(RecordReader(table, record, at, 0, 0, next));
    }

    /// A call outside any execution: opens one.
    function _trigger(ChainId rollup, bytes32 actionHash) private returns (Answer memory answer) {
        (Table table, bytes memory record, uint256 at, uint256 next) = _find(rollup, actionHash, false);
        ExecutionTable.setConsumed(table, Steps.read(record, ExecutionTable.ORDINAL_AT, 1));
        uint256 execution = Steps.read(record, ExecutionTable.EXECUTION_AT, 2);
        answer = _play(RecordReader(table, record, at, 0, 0, next));
        // The execution's answer to its trigger is the end of its path: no step is left over.
        assert(!_cursor.isOpen());
        if (answer.failed) return answer;
        emit ExecutionConsumed(ExecutionTable.batchOf(table), uint32(execution), uint32(answer.ending));
    }

    /// A call inside the open execution: must be one of what may come next in it.
    function _resume(bytes32 actionHash) private returns (Answer memory) {
        Table table = _cursor.tableOf();
        (bytes memory record, uint256 next) = _next(table, _cursor.offsetOf(), actionHash);
        return _play(RecordReader(table, record, 32, 0, 0, next));
    }

    // -------------------------------------------------------------------------------------------------- play

    /// Plays steps, from before the effects of one, until one ends with a RESULT, to be returned to the L1
    /// frame that waits for it.
    function _play(RecordReader memory reader) internal returns (Answer memory) {
        return _step(reader) ? _playFromCall(reader) : _answerOf(reader);
    }

    /// Plays on from a call to L1, in frames of its own if it has to.
    function _playFromCall(RecordReader memory reader) private returns (Answer memory) {
        do {
            if (reader.count == 0) {
                bytes32 actionHash = _callL1(reader);
                // What L1 called meanwhile has moved the cursor.
                (reader.record, reader.next) = _next(reader.table, _cursor.offsetOf(), actionHash);
                reader.at = 32;
            } else {
                reader.count--;
                try this.playFramed(reader) returns (Answer memory reached) {
                    return reached;
                } catch (bytes memory reason) {
                    (reader.record, reader.next, ) = ExecutionTable.recordAt(reader.table, _undone(reason));
                    reader.at = 0;
                }
            }
        } while (_step(reader));
        return _answerOf(reader);
    }

    /// Makes a call to L1 and plays on in a frame that can be reverted. Called by this contract only.
    function playFramed(RecordReader memory reader) external onlySelf returns (Answer memory) {
        return _playFromCall(reader);
    }

    /// What to do when a frame was reverted.
    /// @return next Offset of the step that goes on, if it does so here. Whatever else reverted the frame,
    /// lack of gas among it, is passed on.
    function _undone(bytes memory reason) private pure returns (uint256 next) {
        if (bytes4(reason) != SpanUndone.selector) _revertWith(reason);
        uint256 frames = Steps.read(reason, 4, 32);
        next = Steps.read(reason, 36, 32);
        if (frames > 1) revert SpanUndone(frames - 1, next);
    }

    /// Applies a step's effects and moves the cursor to what comes after its action.
    /// @return isCall Whether that is a call to be made; else it is an answer.
    function _step(RecordReader memory reader) private returns (bool isCall) {
        reader.at = _applyEffects(reader.record, reader.at);
        _readFlags(reader);
        uint256 flags = reader.flags;
        if (flags & Steps.IS_UNDOING != 0) revert SpanUndone(reader.count, reader.next);
        isCall = flags & Steps.IS_CALL != 0;
        // After a dead end there is nothing to be found.
        _cursor =
            flags & Steps.IS_LAST != 0
                ? IDLE
                : cursorAt(reader.table, flags & Steps.IS_DEAD != 0 ? DEAD_END : reader.next);
    }

    /// Plays steps of a static call: nothing changes, the cursor included. There are no effects, for roots
    /// stay, no value moves, and that a rollup waits is not shown.
    function _playStatic(RecordReader memory reader) private returns (Answer memory) {
        while (true) {
            reader.at++;
            _readFlags(reader);
            if (reader.flags & Steps.IS_CALL == 0) break;
            bytes32 actionHash = _callL1(reader);
            (reader.record, reader.next) = _next(reader.table, reader.next, actionHash);
            reader.at = 32;
        }
        return _answerOf(reader);
    }

    function _readFlags(RecordReader memory reader) private pure {
        unchecked {
            uint256 at = reader.at;
            uint256 flags = Steps.read(reader.record, at, 1);
            reader.flags = flags;
            bool hasCount = flags & Steps.HAS_COUNT != 0;
            reader.count = hasCount ? Steps.read(reader.record, at + 1, 2) : 0;
            reader.at = at + (hasCount ? 3 : 1);
        }
    }

    function _answerOf(RecordReader memory reader) private pure returns (Answer memory) {
        bool failed = reader.flags & Steps.IS_FAILED != 0;
        return Answer(failed, Steps.readData(reader.record, reader.at, 0, 0), reader.count);
    }

    /// The alternative, of the turn at `offset`, that begins with the given action.
    function _next(
        Table table,
        uint256 offset,
        bytes32 actionHash
    ) private view returns (bytes memory, uint256) {
        (bool isFound, bytes memory record, uint256 next, bytes32 first) = ExecutionTable.alternativeFor(
            table,
            offset,
            actionHash
        );
        if (!isFound) revert UnexpectedAction(first, actionHash);
        return (record, next);
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
            if (flags & Steps.DEBIT != 0) (debit, at) = Steps.readNumber(record, at);
            if (flags & Steps.CREDIT != 0) (credit, at) = Steps.readNumber(record, at);
            if (debit | credit != 0) _moveEther(rollup, debit, credit);
            if (flags & Steps.TOGGLES_SUSPENSION != 0) _suspended(rollup).set(!_suspended(rollup).get());
        }
        return at;
    }

    /// Makes the call that the turn has come to, from its sender's proxy.
    /// @return Hash of the RESULT that it gave.
    function _callL1(RecordReader memory reader) private returns (bytes32) {
        (uint64 id, uint256 at) = Steps.readChain(reader.record, reader.at);
        ChainId source = ChainId.wrap(id);
        address sender = address(uint160(Steps.read(reader.record, at, 20)));
        at += 20;
        uint256 value = 0;
        if (reader.flags & Steps.HAS_VALUE != 0) (value, at) = Steps.readNumber(reader.record, at);
        address proxy = _ensureProxy(sender, source);
        // `target ‖ gas ‖ data`.
        bool hasGas = reader.flags & Steps.HAS_GAS != 0;
        bytes memory input = Steps.readData(reader.record, at, hasGas ? 24 : 20, hasGas ? 0 : 4);
        if (hasGas) _requireGas(Steps.read(input, 20, 4));
        bool isStatic = reader.flags & Steps.IS_STATIC != 0;
        bool success;
        uint256 size;
        // The answer is measured before it is copied.
        assembly ("memory-safe") {
            switch isStatic
            case 0 {
                success := call(gas(), proxy, value, add(input, 32), mload(input), 0, 0)
            }
            default {
                success := staticcall(gas(), proxy, add(input, 32), mload(input), 0, 0)
            }
            size := returndatasize()
        }
        if (size > MAX_RETURN_DATA) revert ReturnDataTooLarge(size);
        return hashResultOfL1(source, !success);
    }

    /// The proxy gives the callee what the list says, and all it has to do so is what arrives there: so there
    /// must be enough, however much more.
    function _requireGas(uint256 forCallee) private view {
        // The manager and the proxy each keep a 64th: 64/63 twice is less than 32/31.
        uint256 required = forCallee + forCallee / 31 + OUTGOING_CALL_OVERHEAD;
        if (gasleft() < required) revert InsufficientCallGas(gasleft(), required);
    }

    // -------------------------------------------------------------------------------------------------- find

    /// The first execution for a call that can be played now: newest table first, then the order of the
    /// batch.
    /// @return table Where it is.
    /// @return record Its entry.
    /// @return at Where in the entry the first step begins.
    /// @return next Offset of what comes after the entry.
    function _find(
        ChainId rollup,
        bytes32 actionHash,
        bool isStatic
    ) private view returns (Table table, bytes memory record, uint256 at, uint256 next) {
        bytes32 key = Executions.triggerKey(actionHash, _visibleRoot(rollup));
        Latest memory latest = _latest;
        table = Table.wrap(latest.blockNumber == block.number ? latest.table : 0);
        while (!(table == NO_TABLE)) {
            TableHead head = ExecutionTable.headOf(table);
            uint256 slots = head.slotCountOf();
            for (uint256 probe = 0; probe < slots; probe++) {
                (bool isFree, uint256 offset) = ExecutionTable.probeFor(table, head, key, probe);
                if (isFree) break;
                if (offset == 0) continue;
                (record, next, ) = ExecutionTable.recordAt(table, offset);
                if (bytes32(Steps.read(record, 0, 32)) != key) continue;
                // Of static executions nothing is ever consumed.
                if (!isStatic && head.isConsumed(Steps.read(record, ExecutionTable.ORDINAL_AT, 1))) continue;
                (at, ) = _checkRoots(record, ExecutionTable.OPENING_AT);
                if (at != 0) return (table, record, at, next);
            }
            table = head.previousOf();
        }
        _requireKnown(rollup);
        if (msg.value != 0 && _states[rollup].nativeToken) revert NativeTokenRollup(rollup);
        revert ExecutionNotFound(actionHash);
    }

    /// Compares the roots that an opening asks for with what is.
    /// @return at Where the first step's effects begin; zero if a root differs.
    /// @return rollup The first rollup whose root differs.
    function _checkRoots(
        bytes memory record,
        uint256 start
    ) internal view returns (uint256 at, ChainId rollup) {
        uint256 count = Steps.read(record, start, 1);
        at = start + 1;
        for (uint256 i = 0; i < count; i++) {
            uint64 id;
            (id, at) = Steps.readChain(record, at);
            rollup = ChainId.wrap(id);
            StateRoot expected = StateRoot.wrap(bytes32(Steps.read(record, at, 32)));
            if (_visibleRoot(rollup) != expected) return (0, rollup);
            at += 32;
        }
    }
}
