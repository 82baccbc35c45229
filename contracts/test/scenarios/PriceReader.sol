// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PriceFeed} from "../../examples/PriceFeed.sol";

/// @title FOR TESTS ONLY: reads a price, by STATICCALL as Solidity makes it of a view
contract PriceReader {
    uint256 public first;
    uint256 public second;
    uint256 public inQuote;

    function read(PriceFeed feed) external {
        first = feed.price();
        second = feed.price();
        inQuote = feed.priceInQuote();
    }

    function readTwice(PriceFeed feed) external {
        first = feed.price();
        second = feed.price();
    }

    /// Reads around a write: this contract's proxy must be the feed's owner.
    function readAround(PriceFeed feed, uint256 newPrice) external {
        first = feed.price();
        feed.setPrice(newPrice);
        second = feed.price();
        inQuote = feed.priceInQuote();
    }
}
