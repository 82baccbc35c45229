// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: a contract that does what its calldata says
/// @notice The actors of the property test (test/property). Whatever a script does, it does alike on every
/// chain: other contracts are named by numbers, which the directory resolves to contracts or to their
/// proxies, and nothing that a frame answers, stores or logs contains an address, an amount of gas or a
/// property of a block.
/// @dev Operations are one byte each, followed by operands of fixed size; `test/property/encode.ts` is the
/// other side.
abstract contract FuzzInterpreter {
    uint8 private constant WRITE = 0x01; // slot (1), value (1)
    uint8 private constant READ = 0x02; // slot (1)
    uint8 private constant ADD = 0x03; // slot (1): adds what the latest call answered
    uint8 private constant CALL = 0x04; // who (1), flags (1), value (4), length (2), script
    uint8 private constant CREATE = 0x05; // flags (1), value (4), length (2), script
    uint8 private constant RETURN = 0x06; // size (1), tag (1)
    uint8 private constant REVERT = 0x07; // size (1), tag (1)
    uint8 private constant FAIL = 0x08; // reverts with what was observed
    uint8 private constant LOG = 0x09; // tag (1)
    uint8 private constant BALANCE = 0x0a;
    uint8 private constant CONTEXT = 0x0b; // value and sender of the message
    uint8 private constant POKE = 0x0c; // kind (1): changes something, for want of which a static frame fails
    // function (1), who (1), flags (1), value (4), amount (4), length (2), script
    uint8 private constant LEDGER = 0x0d;
    uint8 private constant DELEGATE = 0x0e; // flags (1), length (2), script
    uint8 private constant LOOK = 0x0f; // whether a sender that the directory names has code
    uint8 private constant MEASURE = 0x10; // kind (1), who (1), slot (1): what chains may answer differently
    uint8 private constant POKED = 0xfe; // kind (1)
    uint8 private constant DUMP = 0xff;

    uint256 private constant IS_STATIC = 1;
    uint256 private constant IS_CAUGHT = 2;
    uint256 private constant IS_SALTED = 4;

    uint8 private constant RECEIVE = 0;
    uint8 private constant TRANSFER = 1;
    uint8 private constant BALANCE_OF = 2;
    uint8 private constant SEND = 3;

    /// Numbers below this are in the directory.
    uint256 private constant ENTRIES = 16;
    uint256 private constant LEDGER_NUMBER = 12;
    uint256 private constant SELF = 0xfc;
    uint256 private constant SENDER = 0xfd;
    uint256 private constant CHILD = 0xfe;

    /// Bytes of an entry: address on this chain (20), address at home (20), home chain (8).
    uint256 private constant ENTRY_SIZE = 48;

    /// Longer answers are hashed, so that scripts stay small.
    uint256 private constant LONGEST_ANSWER = 160;
    uint256 private constant LONGEST_OBSERVED = 64;

    /// A violation of a static frame uses up all the gas that it is given.
    uint256 private constant POKE_GAS = 60_000;

    /// EVM chain ids of rollups are greater, L1's is smaller.
    uint256 private constant FIRST_ROLLUP = 1_000_000;

    address internal immutable DIRECTORY;

    uint256[8] private _slots;
    uint256 internal _childCount;
    address[4] internal _children;
    /// Everything that was measured. No frame ever reads it, no one compares it with the other chain's.
    bytes32 private _measured;

    event Noted(uint256 indexed tag, bytes32 observed);
    event Measured(uint256 indexed kind, uint256 value);

    /// One frame's memory.
    struct Frame {
        bytes script;
        uint256 at;
        /// Everything that the frame has seen.
        bytes observed;
        /// What the latest call answered.
        bytes32 latest;
    }

    /// @param directory Holds the entries as its code, after one byte.
    constructor(address directory) {
        DIRECTORY = directory;
    }

    fallback(bytes calldata script) external payable returns (bytes memory) {
        return _run(script);
    }

    function _run(bytes memory script) internal returns (bytes memory) {
        Frame memory frame = Frame(script, 0, "", 0);
        while (frame.at < script.length) {
            uint256 operation = _take(frame, 1);
            if (operation == RETURN) return _pattern(_take(frame, 1), _take(frame, 1));
            if (operation == DUMP) return abi.encode(_slots, _childCount, _children, address(this).balance);
            _perform(frame, operation);
        }
        return _short(frame.observed);
    }

    function _perform(Frame memory frame, uint256 operation) private {
        unchecked {
            if (operation == WRITE) _slots[_take(frame, 1) & 7] = _take(frame, 1);
            else if (operation == READ) _observeWord(frame, _slots[_take(frame, 1) & 7]);
            else if (operation == ADD) _slots[_take(frame, 1) & 7] += uint256(frame.latest);
            else if (operation == CALL) _call(frame);
            else if (operation == CREATE) _createChild(frame);
            else if (operation == REVERT) _fail(_pattern(_take(frame, 1), _take(frame, 1)));
            else if (operation == FAIL) _fail(_short(frame.observed));
            else if (operation == LOG) emit Noted(_take(frame, 1), keccak256(frame.observed));
            else if (operation == BALANCE) _observeWord(frame, address(this).balance);
            else if (operation == CONTEXT) _context(frame);
            else if (operation == POKE) _poke(frame);
            else if (operation == LEDGER) _callLedger(frame);
            else if (operation == DELEGATE) _delegate(frame);
            else if (operation == LOOK) _look(frame);
            else if (operation == MEASURE) _measure(_take(frame, 1), _take(frame, 1), _take(frame, 1));
            else if (operation == POKED) _poked(_take(frame, 1));
            else revert("unknown operation");
        }
    }

    // ------------------------------------------------------------------------------------------------- calls

    function _call(Frame memory frame) private {
        address who = _resolve(_take(frame, 1));
        uint256 flags = _take(frame, 1);
        uint256 value = _take(frame, 4);
        _reach(frame, who, flags, value, _takeBytes(frame));
    }

    function _callLedger(Frame memory frame) private {
        uint256 what = _take(frame, 1);
        uint256 who = _take(frame, 1);
        uint256 flags = _take(frame, 1);
        uint256 value = _take(frame, 4);
        uint256 amount = _take(frame, 4);
        bytes memory script = _takeBytes(frame);
        (address ledger, , ) = _entry(LEDGER_NUMBER);
        (, address home, uint256 chain) = _entry(who % ENTRIES);
        bytes memory data = script;
        if (what == RECEIVE) data = "";
        else if (what == TRANSFER)
            data = abi.encodeWithSignature("transfer(uint256,address,uint256)", chain, home, amount);
        else if (what == BALANCE_OF)
            data = abi.encodeWithSignature("balanceOf(uint256,address)", chain, home);
        else if (what == SEND)
            data = abi.encodeWithSignature(
                "send(uint256,address,uint256,bytes)",
                chain,
                home,
                amount,
                script
            );
        _reach(frame, ledger, flags, value, data);
    }

    function _delegate(Frame memory frame) private {
        uint256 flags = _take(frame, 1);
        (bool success, bytes memory data) = address(this).delegatecall(_takeBytes(frame));
        _observeCall(frame, flags, success, data);
    }

    function _reach(
        Frame memory frame,
        address who,
        uint256 flags,
        uint256 value,
        bytes memory data
    ) private {
        (bool success, bytes memory answer) = flags & IS_STATIC != 0
            ? who.staticcall(data)
            : who.call{value: value}(data);
        _observeCall(frame, flags, success, answer);
    }

    function _createChild(Frame memory frame) private {
        uint256 flags = _take(frame, 1);
        uint256 value = _take(frame, 4);
        (address child, bytes memory data) = _create(flags & IS_SALTED != 0, value, _takeBytes(frame));
        if (child != address(0)) _children[_childCount++ % _children.length] = child;
        _observeCall(frame, flags, child != address(0), data);
    }

    /// @return child Zero if its constructor failed. @return data Revert data.
    function _create(
        bool isSalted,
        uint256 value,
        bytes memory script
    ) internal virtual returns (address child, bytes memory data);

    function _observeCall(Frame memory frame, uint256 flags, bool success, bytes memory data) private pure {
        if (!success && flags & IS_CAUGHT == 0) _fail(data);
        frame.latest = keccak256(abi.encodePacked(success, data));
        frame.observed = abi.encodePacked(
            frame.observed,
            success,
            uint16(data.length),
            data.length > LONGEST_OBSERVED ? abi.encodePacked(keccak256(data)) : data
        );
    }

    // ------------------------------------------------------------------------------------------------ others

    function _context(Frame memory frame) private view {
        _observeWord(frame, msg.value);
        uint256 number = _numberOf(msg.sender);
        // An actor has a number on every chain, of which only the last two bits are its own.
        _observeWord(frame, number < LEDGER_NUMBER ? number & 3 : number);
    }

    /// Contracts have code wherever they are seen from. Accounts without code do not, nor have those under
    /// construction.
    function _look(Frame memory frame) private view {
        if (_numberOf(msg.sender) > LEDGER_NUMBER) return;
        _observeWord(frame, msg.sender.code.length == 0 ? 0 : 1);
    }

    /// Remembers something that depends on what the frame has paid for before, or on where the sender is at
    /// home.
    /// @param kind 0: gas left, of which only rollups know how much there is; 1: cost of reading a slot; 2
    /// and 3: of an account's balance and code size; 4: what the frames before left in transient storage; 5:
    /// what the sender looks like.
    function _measure(uint256 kind, uint256 id, uint256 slot) private {
        uint256 value = 0;
        if (kind == 0) {
            if (block.chainid > FIRST_ROLLUP) value = gasleft();
        } else if (kind == 4) {
            assembly ("memory-safe") {
                value := tload(1)
                tstore(1, add(value, 1))
            }
        } else if (kind == 5) {
            value = uint256(
                keccak256(
                    // solhint-disable-next-line avoid-tx-origin
                    abi.encode(msg.sender.codehash, msg.sender.code.length, msg.sender.balance, tx.origin)
                )
            );
        } else {
            address who = _resolve(id);
            uint256 key = slot & 7;
            assembly ("memory-safe") {
                value := gas()
                switch kind
                case 1 {
                    pop(sload(key))
                }
                case 2 {
                    pop(balance(who))
                }
                default {
                    pop(extcodesize(who))
                }
                value := sub(value, gas())
            }
        }
        _measured = keccak256(abi.encode(_measured, kind, value));
        emit Measured(kind, value);
    }

    function _numberOf(address account) private view returns (uint256 number) {
        while (number < ENTRIES) {
            (address who, , ) = _entry(number);
            if (who == account) break;
            number++;
        }
    }

    function _poke(Frame memory frame) private {
        (bool success, ) = address(this).call{gas: POKE_GAS}(abi.encodePacked(POKED, uint8(_take(frame, 1))));
        if (!success) _fail("");
    }

    function _poked(uint256 kind) private {
        if (kind == 0) _slots[0]++;
        else if (kind == 1) emit Noted(0, 0);
        else
            assembly ("memory-safe") {
                tstore(0, 1)
            }
    }

    // --------------------------------------------------------------------------------------------- directory

    function _resolve(uint256 id) private view returns (address who) {
        if (id == SENDER) return msg.sender;
        if (id == CHILD && _childCount != 0) return _children[(_childCount - 1) % _children.length];
        if (id >= ENTRIES) return address(this);
        (who, , ) = _entry(id);
    }

    function _entry(uint256 id) private view returns (address who, address home, uint256 chain) {
        address directory = DIRECTORY;
        assembly ("memory-safe") {
            // Scratch space.
            extcodecopy(directory, 0, add(1, mul(id, ENTRY_SIZE)), ENTRY_SIZE)
            who := shr(96, mload(0))
            home := shr(96, mload(20))
            chain := shr(192, mload(40))
        }
    }

    // ------------------------------------------------------------------------------------------------- bytes

    function _take(Frame memory frame, uint256 length) private pure returns (uint256 value) {
        bytes memory script = frame.script;
        uint256 at = frame.at;
        assembly ("memory-safe") {
            value := shr(sub(256, mul(length, 8)), mload(add(add(script, 32), at)))
        }
        frame.at = at + length;
    }

    function _takeBytes(Frame memory frame) private pure returns (bytes memory data) {
        uint256 length = _take(frame, 2);
        bytes memory script = frame.script;
        uint256 at = frame.at;
        data = new bytes(length);
        assembly ("memory-safe") {
            mcopy(add(data, 32), add(add(script, 32), at), length)
        }
        frame.at = at + length;
    }

    function _observeWord(Frame memory frame, uint256 word) private pure {
        frame.observed = abi.encodePacked(frame.observed, word);
    }

    function _short(bytes memory data) private pure returns (bytes memory) {
        return data.length > LONGEST_ANSWER ? abi.encodePacked(keccak256(data)) : data;
    }

    function _pattern(uint256 length, uint256 tag) private pure returns (bytes memory data) {
        data = new bytes(length);
        for (uint256 i = 0; i < length; i++) data[i] = bytes1(uint8(tag + i));
    }

    function _fail(bytes memory data) private pure {
        assembly ("memory-safe") {
            revert(add(data, 32), mload(data))
        }
    }
}
