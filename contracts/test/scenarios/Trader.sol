// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {Counter} from "../../examples/Counter.sol";
import {PriceFeed} from "../../examples/PriceFeed.sol";

/// @title FOR TESTS ONLY: asks for the same price before and after it does something elsewhere
contract Trader {
    uint256 public first;
    uint256 public second;
    uint256 public ticket;

    function trade(PriceFeed feed, Counter counter) external {
        first = feed.price();
        ticket = counter.increment();
        second = feed.price();
    }

    /// The price depends on the counter's chain too.
    function tradeInQuote(PriceFeed feed, Counter counter) external {
        first = feed.priceInQuote();
        ticket = counter.increment();
        second = feed.priceInQuote();
    }
}
