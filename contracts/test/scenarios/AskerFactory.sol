// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Asker} from "./Asker.sol";
import {Inquirer} from "./Inquirer.sol";

/// @title FOR TESTS ONLY: makes contracts that ask as soon as they are there
contract AskerFactory {
    Inquirer public immutable INQUIRER;
    Inquirer.Sight private _seen;

    constructor(Inquirer inquirer) {
        INQUIRER = inquirer;
    }

    function create() external {
        _seen = new Asker(INQUIRER).ask();
    }

    function seen() external view returns (Inquirer.Sight memory) {
        return _seen;
    }
}
