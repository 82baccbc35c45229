// SPDX-License-Identifier: MIT
pragma solidity ^0.8.28;

import {Guestbook} from "./Guestbook.sol";

/// @notice Signs guestbooks, here or on any other chain.
contract Visitor {
    uint256 public number;

    function visit(Guestbook book) external {
        number = book.sign();
    }
}
