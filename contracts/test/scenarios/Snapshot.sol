// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Counter} from "../../examples/Counter.sol";
import {PriceFeed} from "../../examples/PriceFeed.sol";

/// @title FOR TESTS ONLY: keeps what two calls answered in its constructor
contract Snapshot {
    uint256 public immutable PRICE;
    uint256 public immutable TICKET;

    constructor(PriceFeed feed, Counter counter) {
        PRICE = feed.price();
        TICKET = counter.increment();
    }
}
