// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {IWork} from "./IWork.sol";

/// @title FOR TESTS ONLY: has another contract work, and carries on if that fails
contract Catcher is IWork {
    IWork public immutable NEXT;
    uint256 public count;
    uint256 public caught;
    bytes public reason;

    constructor(IWork next) {
        NEXT = next;
    }

    function work(uint256 amount) external {
        try NEXT.work(amount) {
            ++count;
        } catch (bytes memory data) {
            reason = data;
            ++caught;
        }
    }
}
