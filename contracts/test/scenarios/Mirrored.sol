// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IMirrored, Mirror} from "./Mirror.sol";

/// @title FOR TESTS ONLY: looks into a mirror, changes and changes back, and looks again
contract Mirrored is IMirrored {
    Mirror public immutable MIRROR;

    uint256 public value = 1;
    uint256 public answers;
    uint256[] private _seen;

    constructor(Mirror mirror) {
        MIRROR = mirror;
    }

    function seen() external view returns (uint256[] memory) {
        return _seen;
    }

    /// Of the three views the first and the last are the same call, from the same state to the same state.
    function look() external {
        delete _seen;
        _seen.push(MIRROR.look());
        value = 2;
        _seen.push(MIRROR.look());
        value = 1;
        _seen.push(MIRROR.look());
    }

    /// The same call three times; each answer differs, for this contract counts what it is asked.
    function ask() external {
        delete _seen;
        _seen.push(MIRROR.ask());
        value = 2;
        value = 1;
        _seen.push(MIRROR.ask());
        _seen.push(MIRROR.ask());
    }

    function answer() external returns (uint256) {
        return 100 * value + ++answers;
    }
}
