// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title FOR TESTS ONLY: an L1 contract that does what it was told to do when it is called
contract Actor {
    /// One call.
    /// @param mayFail A failure is caught; else it is passed on.
    /// @param gas Gas given to the call; 0: all.
    struct Step {
        address target;
        uint256 value;
        bytes data;
        bool isStatic;
        bool mayFail;
        uint256 gas;
    }

    /// What came of a call.
    struct Outcome {
        bool success;
        bytes data;
    }

    /// What to do on a certain calldata.
    /// @param writes Counts the call in `count`.
    /// @param echoes Answers with the last step's raw answer instead of `answer`.
    struct Script {
        Step[] steps;
        bool writes;
        bool fails;
        bool echoes;
        bytes answer;
    }

    mapping(bytes32 calldataHash => Script) private _scripts;

    /// How many scripts that write were played and not undone.
    uint256 public count;

    /// Sets what to do when called with `input`.
    function program(
        bytes calldata input,
        Step[] calldata steps,
        bool writes,
        bool fails,
        bool echoes,
        bytes calldata answer
    ) external {
        Script storage script = _scripts[keccak256(input)];
        delete script.steps;
        for (uint256 i = 0; i < steps.length; i++) script.steps.push(steps[i]);
        script.writes = writes;
        script.fails = fails;
        script.echoes = echoes;
        script.answer = answer;
    }

    /// Makes calls and tells what came of them.
    function play(Step[] memory steps) external payable returns (Outcome[] memory outcomes) {
        return _play(steps);
    }

    receive() external payable {
        _perform();
    }

    fallback() external payable {
        _perform();
    }

    /// Ends the call with the answer that the script for its calldata gives.
    function _perform() internal {
        Script memory script = _scripts[keccak256(msg.data)];
        if (script.writes) count++;
        Outcome[] memory outcomes = _play(script.steps);
        bytes memory answer = script.echoes ? outcomes[outcomes.length - 1].data : script.answer;
        bool fails = script.fails;
        assembly {
            if fails {
                revert(add(answer, 32), mload(answer))
            }
            return(add(answer, 32), mload(answer))
        }
    }

    function _play(Step[] memory steps) internal returns (Outcome[] memory outcomes) {
        outcomes = new Outcome[](steps.length);
        for (uint256 i = 0; i < steps.length; i++) {
            Step memory step = steps[i];
            uint256 given = step.gas == 0 ? gasleft() : step.gas;
            (bool success, bytes memory data) = step.isStatic
                ? step.target.staticcall{gas: given}(step.data)
                : step.target.call{value: step.value, gas: given}(step.data);
            outcomes[i] = Outcome(success, data);
            if (!success && !step.mayFail) {
                assembly {
                    revert(add(data, 32), mload(data))
                }
            }
        }
    }
}
