// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IAsker, Inquirer} from "./Inquirer.sol";

/// @title FOR TESTS ONLY: asks what others see of it
contract Asker is IAsker {
    Inquirer public immutable INQUIRER;

    Inquirer.Sight private _seen;
    uint256 public hooks;

    constructor(Inquirer inquirer) {
        INQUIRER = inquirer;
    }

    function ask() external view returns (Inquirer.Sight memory) {
        return INQUIRER.look();
    }

    function keep() external {
        _seen = INQUIRER.look();
    }

    function visit() external {
        _seen = INQUIRER.visit();
    }

    function mint() external {
        INQUIRER.mint();
    }

    function secret() external pure returns (uint256) {
        return 42;
    }

    function hook() external {
        ++hooks;
    }

    function seen() external view returns (Inquirer.Sight memory) {
        return _seen;
    }
}
