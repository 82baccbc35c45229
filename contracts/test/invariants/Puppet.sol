// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// One call that a puppet makes, and what must come of it.
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

/// What a puppet does when it is called.
/// @param fails It reverts in the end, with `answer`.
struct Script {
    Step[] steps;
    bool fails;
    bytes answer;
}

/// How a puppet departs from its script.
///  - STRAY: makes a call first that no posted execution contains, and goes on as if nothing had happened;
///  - RELUCTANT: does it all in a frame that it undoes, and then once more;
///  - the others do something else than they should.
enum Whim {
    NONE,
    STRAY,
    RELUCTANT,
    SKIP_FIRST,
    SKIP_LAST,
    TWICE,
    OTHER_DATA,
    OTHER_VALUE,
    OTHER_ANSWER,
    OTHER_OUTCOME
}

/// @title FOR TESTS ONLY: an L1 contract that follows a script
/// @notice Calldata begins with the script's number. A puppet reverts when a call comes out otherwise than
/// the script says.
contract Puppet {
    /// Thrown when a call's outcome is not the script's.
    error Surprised(uint256 script, uint256 step, bool success, bytes answer);
    /// Thrown when there is no script of this number.
    error NoScript(uint256 script);
    /// Ends a frame whose effects are not wanted.
    error Rehearsed(bool success, bytes answer);

    mapping(uint256 script => mapping(uint256 mood => bytes)) private _scripts;

    /// Which variant of its scripts it follows; that of mood 0 where there is no other.
    uint256 public mood;
    /// How often it wrote, if that was not undone.
    uint256 public writes;

    uint256 private _whimsical;
    Whim private _whim;

    /// Puppets call each other, but any account may have them paid.
    receive() external payable {}

    fallback() external payable {
        uint256 number = uint256(bytes32(msg.data));
        bytes memory encoded = _scripts[number][mood];
        if (encoded.length == 0) encoded = _scripts[number][0];
        if (encoded.length == 0) revert NoScript(number);
        Script memory script = abi.decode(encoded, (Script));
        _depart(number, script);
        _follow(number, script.steps);
        bytes memory answer = script.answer;
        if (script.fails) _failWith(answer);
        assembly ("memory-safe") {
            return(add(answer, 32), mload(answer))
        }
    }

    /// Sets a script.
    function program(uint256 number, uint256 variant, Script calldata script) external {
        _scripts[number][variant] = abi.encode(script);
    }

    /// Sets how scripts are followed from now on.
    /// @param number The script that `whim` departs from.
    function direct(uint256 newMood, uint256 number, Whim whim) external {
        mood = newMood;
        _whimsical = number;
        _whim = whim;
    }

    /// Makes one call, whatever comes of it.
    function act(Step calldata step) external payable returns (bool success, bytes memory answer) {
        return _make(step);
    }

    /// Makes a call and undoes it.
    /// @dev Reverts always, with {Rehearsed}.
    function rehearse(Step calldata step) external payable {
        (bool success, bytes memory answer) = _make(step);
        revert Rehearsed(success, answer);
    }

    /// Makes calls in a frame that is undone.
    function rehearseAll(uint256 number, Step[] calldata steps) external {
        if (msg.sender != address(this)) return;
        _follow(number, steps);
        revert Rehearsed(true, "");
    }

    /// Changes something.
    function write() external {
        writes++;
    }

    function _follow(uint256 number, Step[] memory steps) private {
        for (uint256 i = 0; i < steps.length; i++) {
            (bool success, bytes memory answer) = _make(steps[i]);
            // Who does something else than it should is prepared for everything.
            if (_whim > Whim.RELUCTANT) continue;
            bool isRight = success == steps[i].success;
            if (!steps[i].anyAnswer) isRight = isRight && keccak256(answer) == keccak256(steps[i].answer);
            if (!isRight) revert Surprised(number, i, success, answer);
        }
    }

    function _make(Step memory step) private returns (bool success, bytes memory answer) {
        uint256 given = step.gas == 0 ? gasleft() : step.gas;
        return
            step.isStatic
                ? step.target.staticcall{gas: given}(step.data)
                : step.target.call{value: step.value, gas: given}(step.data);
    }

    function _depart(uint256 number, Script memory script) private {
        if (number != _whimsical) return;
        Step[] memory steps = script.steps;
        Whim whim = _whim;
        if (whim == Whim.OTHER_ANSWER) script.answer = abi.encode("another answer");
        else if (whim == Whim.OTHER_OUTCOME) script.fails = !script.fails;
        if (steps.length == 0) return;
        Step memory first = steps[0];
        if (whim == Whim.STRAY) {
            // Refused wherever it leads, for no posted execution has this data.
            (bool success, bytes memory answer) = first.target.call{gas: 100_000}("stray");
            if (success) revert Surprised(number, 0, success, answer);
        } else if (whim == Whim.RELUCTANT) {
            try this.rehearseAll(number, steps) {} catch (bytes memory reason) {
                if (bytes4(reason) != Rehearsed.selector) _revertWith(reason);
            }
        } else if (whim == Whim.SKIP_FIRST) {
            steps[0] = steps[steps.length - 1];
            _cut(steps);
        } else if (whim == Whim.SKIP_LAST) {
            _cut(steps);
        } else if (whim == Whim.TWICE) {
            _make(first);
        } else if (whim == Whim.OTHER_DATA) {
            first.data = bytes.concat(first.data, hex"00");
        } else if (whim == Whim.OTHER_VALUE) {
            first.value = first.isStatic ? 0 : first.value + 1;
        }
    }

    function _cut(Step[] memory steps) private pure {
        assembly ("memory-safe") {
            mstore(steps, sub(mload(steps), 1))
        }
    }

    /// At a depth at which a contract has asked for the code of an account that had none, the test machine puts
    /// words of its own into every revert without data. It forgets this when code that is there is asked for.
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
