// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// One call that an actor makes, and what must come of it.
/// @param gas Gas given to the call; 0: all.
/// @param anyAnswer Only `success` matters.
struct Step {
    address target;
    uint256 value;
    bytes data;
    bool isStatic;
    uint256 gas;
    bool success;
    bytes answer;
    bool anyAnswer;
}

/// What an actor does when it is called.
/// @param fails It reverts in the end, with `answer`.
struct Script {
    Step[] steps;
    bool fails;
    bytes answer;
}

/// How an actor deviates from its script.
///  - UNKNOWN_CALL: makes a call first that no posted execution contains, and then follows the script;
///  - UNDO_AND_REPEAT: does it all in a frame that it undoes, and then once more;
///  - the others do something else than they should.
enum Deviation {
    NONE,
    UNKNOWN_CALL,
    UNDO_AND_REPEAT,
    SKIP_FIRST,
    SKIP_LAST,
    TWICE,
    OTHER_DATA,
    OTHER_VALUE,
    OTHER_ANSWER,
    OTHER_OUTCOME
}

/// @title FOR TESTS ONLY: an L1 contract that follows a script
/// @notice Calldata begins with the script's number. An actor reverts when a call comes out otherwise than
/// the script says.
contract ScriptedActor {
    /// Thrown when a call's outcome is not the script's.
    error UnexpectedOutcome(uint256 script, uint256 step, bool success, bytes answer);
    /// Thrown when there is no script of this number.
    error NoScript(uint256 script);
    /// Reverts a frame, and says what it came to.
    error Undone(bool success, bytes answer);

    mapping(uint256 script => mapping(uint256 variant => bytes)) private _scripts;

    /// Which variant of its scripts it follows; that of variant 0 where there is no other.
    uint256 public variant;
    /// How often it wrote, if that was not undone.
    uint256 public writes;

    uint256 private _deviatingScript;
    Deviation private _deviation;

    /// Actors call each other, but any account may have them paid.
    receive() external payable {}

    fallback() external payable {
        uint256 number = uint256(bytes32(msg.data));
        bytes memory encoded = _scripts[number][variant];
        if (encoded.length == 0) encoded = _scripts[number][0];
        if (encoded.length == 0) revert NoScript(number);
        Script memory script = abi.decode(encoded, (Script));
        _deviate(number, script);
        _follow(number, script.steps);
        bytes memory answer = script.answer;
        if (script.fails) _failWith(answer);
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }

    /// Sets a script.
    function setScript(uint256 number, uint256 ofVariant, Script calldata script) external {
        _scripts[number][ofVariant] = abi.encode(script);
    }

    /// Sets how scripts are followed from now on.
    /// @param number The script from which the actor deviates.
    function configure(uint256 newVariant, uint256 number, Deviation deviation) external {
        variant = newVariant;
        _deviatingScript = number;
        _deviation = deviation;
    }

    /// Makes one call, whatever comes of it.
    function execute(Step calldata step) external payable returns (bool success, bytes memory answer) {
        return _make(step);
    }

    /// Makes a call and undoes it.
    /// @dev Reverts always, with {Undone}.
    function callAndRevert(Step calldata step) external payable {
        (bool success, bytes memory answer) = _make(step);
        revert Undone(success, answer);
    }

    /// Makes calls in a frame that is undone.
    function followAndRevert(uint256 number, Step[] calldata steps) external {
        if (msg.sender != address(this)) return;
        _follow(number, steps);
        revert Undone(true, "");
    }

    /// Changes something.
    function write() external {
        writes++;
    }

    function _follow(uint256 number, Step[] memory steps) private {
        for (uint256 i = 0; i < steps.length; i++) {
            (bool success, bytes memory answer) = _make(steps[i]);
            // After a deviation any outcome is fine.
            if (_deviation > Deviation.UNDO_AND_REPEAT) continue;
            bool isRight = success == steps[i].success;
            if (!steps[i].anyAnswer) isRight = isRight && keccak256(answer) == keccak256(steps[i].answer);
            if (!isRight) revert UnexpectedOutcome(number, i, success, answer);
        }
    }

    function _make(Step memory step) private returns (bool success, bytes memory answer) {
        uint256 given = step.gas == 0 ? gasleft() : step.gas;
        return
            step.isStatic
                ? step.target.staticcall{gas: given}(step.data)
                : step.target.call{value: step.value, gas: given}(step.data);
    }

    function _deviate(uint256 number, Script memory script) private {
        if (number != _deviatingScript) return;
        Step[] memory steps = script.steps;
        Deviation deviation = _deviation;
        if (deviation == Deviation.OTHER_ANSWER) script.answer = abi.encode("another answer");
        else if (deviation == Deviation.OTHER_OUTCOME) script.fails = !script.fails;
        if (steps.length == 0) return;
        Step memory first = steps[0];
        if (deviation == Deviation.UNKNOWN_CALL) {
            // Refused wherever it leads, for no posted execution has this data.
            (bool success, bytes memory answer) = first.target.call{gas: 100_000}("stray");
            if (success) revert UnexpectedOutcome(number, 0, success, answer);
        } else if (deviation == Deviation.UNDO_AND_REPEAT) {
            try this.followAndRevert(number, steps) {} catch (bytes memory reason) {
                if (bytes4(reason) != Undone.selector) _revertWith(reason);
            }
        } else if (deviation == Deviation.SKIP_FIRST) {
            steps[0] = steps[steps.length - 1];
            _cut(steps);
        } else if (deviation == Deviation.SKIP_LAST) {
            _cut(steps);
        } else if (deviation == Deviation.TWICE) {
            _make(first);
        } else if (deviation == Deviation.OTHER_DATA) {
            first.data = bytes.concat(first.data, hex"00");
        } else if (deviation == Deviation.OTHER_VALUE) {
            first.value = first.isStatic ? 0 : first.value + 1;
        }
    }

    function _cut(Step[] memory steps) private pure {
        assembly ("memory-safe") {
            mstore(steps, sub(mload(steps), 1))
        }
    }

    /// At a depth at which a contract has asked for the code of an account that had none, Hardhat puts words
    /// of its own into a revert without data. It forgets this when a contract asks for code that is there.
    function _failWith(bytes memory answer) private view {
        assert(msg.sender.code.length != 0);
        _revertWith(answer);
    }

    function _revertWith(bytes memory data) private pure {
        assembly ("memory-safe") {
            revert(add(data, 32), mload(data))
        }
    }
}
