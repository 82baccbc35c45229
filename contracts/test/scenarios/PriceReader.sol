// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {PriceFeed} from "../../examples/PriceFeed.sol";

/// @title FOR TESTS ONLY: reads a price, by STATICCALL as Solidity makes it of a view
contract PriceReader {
    PriceFeed public immutable FEED;

    uint256 public first;
    uint256 public second;
    uint256 public inQuote;

    constructor(PriceFeed feed) {
        FEED = feed;
    }

    function read() external {
        first = FEED.price();
        second = FEED.price();
        inQuote = FEED.priceInQuote();
    }

    /// Reads around a write: this contract's proxy must be the feed's owner.
    function readAround(uint256 newPrice) external {
        first = FEED.price();
        FEED.setPrice(newPrice);
        second = FEED.price();
        inQuote = FEED.priceInQuote();
    }
}
