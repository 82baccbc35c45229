// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Doomed} from "./Doomed.sol";
import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: creates and destroys, now itself, now when another contract has it do so
contract Maker is IWork {
    /// What is done before the worker's turn, when {work} is called, and after the worker's turn.
    enum Deed {
        NOTHING,
        CREATE,
        DESTROY
    }

    Deed private _inside;
    Doomed public doomed;
    uint256 public deeds;

    receive() external payable {}

    function run(IWork worker, Deed before, Deed inside, Deed afterwards) external {
        _do(before);
        _inside = inside;
        worker.work(0);
        _do(afterwards);
    }

    function work(uint256) external {
        _do(_inside);
    }

    /// @return Whether what was created is there, and the Ether of this contract.
    function standing() external view returns (bool, uint256) {
        return (address(doomed).code.length != 0, address(this).balance);
    }

    function _do(Deed deed) private {
        if (deed == Deed.CREATE) doomed = new Doomed();
        else if (deed == Deed.DESTROY) doomed.destroy();
        if (deed != Deed.NOTHING) ++deeds;
    }
}
