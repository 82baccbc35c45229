// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {FIELD_MODULUS} from "../../interfaces/Actions.sol";
import {Place} from "../../proofs/Place.sol";
import {Preimages} from "../../proofs/bus/Preimages.sol";
import {Bus, Terms} from "../../proofs/bus/Terms.sol";

/// @title Zero products, under challenges that no prover can have drawn
/// @notice L1 adds fractions up without dividing. With one tuple that is compressed to γ the denominator is
/// zero, and no sum is right; with two of them the numerator is zero as well, and 0 = 0 would hold for any
/// sum: an unbalanced bus would pass, whatever the proofs say.
contract TermsTest {
    using Preimages for Bus;
    using Terms for Bus;

    uint256 private constant P = FIELD_MODULUS;
    uint256 private constant BETA = 5;
    uint256 private constant ANY_SUM = 1_234_567;
    /// Kinds of tuples that L1 sends.
    uint256 private constant KINDS = 8;

    function testNoSumBalancesAZeroProduct() external pure {
        for (uint256 kind = 0; kind < KINDS; kind++) {
            // Under γ = 1 the denominator is the tuple's compression less 1.
            Bus memory bus;
            bus.start(BETA, 1);
            _send(bus, kind);
            uint256 compression = addmod(1, bus.denominator, P);
            for (uint256 times = 1; times <= 2; times++) {
                bus.start(BETA, compression);
                for (uint256 i = 0; i < times; i++) _send(bus, kind);
                require(bus.denominator == 0, "the tuple is not compressed to gamma");
                require(times == 1 || bus.numerator == 0, "the fraction is not 0 / 0");
                _refusesAnySum(bus);
            }
            // 1 / (γ − f) is 1: what the proofs receive is −1.
            bus.start(BETA, addmod(compression, 1, P));
            _send(bus, kind);
            require(bus.isBalanced(P - 1), "the true sum is refused");
            _refusesAnySum(bus);
        }
    }

    /// Different tuples that are compressed to one number: words 0 and 1 of a statement.
    function testNoSumBalancesTwoWordsAtGamma() external pure {
        Bus memory bus;
        bus.start(BETA, 7 + BETA + BETA ** 2);
        Place words = _place([7 + BETA ** 2, uint256(7), uint256(99)]);
        bus.sendWords(words, 3);
        require(bus.denominator == 0 && bus.numerator == 0, "the fraction is not 0 / 0");
        _refusesAnySum(bus);
    }

    function _refusesAnySum(Bus memory bus) private pure {
        require(!bus.isBalanced(0) && !bus.isBalanced(1) && !bus.isBalanced(ANY_SUM), "a false sum passes");
    }

    /// One tuple of this kind.
    function _send(Bus memory bus, uint256 kind) private pure {
        Place word = _place([uint256(9) << 128, 0, 0]);
        if (kind == 0) bus.sendWords(word, 1);
        else if (kind == 1) bus.sendTransaction(2, word, 1);
        else if (kind == 2) bus.sendTransactionData(2, word, 32);
        else if (kind == 3) bus.sendPrecompiledWords(2, 1, word, 32);
        else if (kind == 4) bus.sendPrecompiled(2, 8, 3, true, 64, 32);
        else if (kind == 5) bus.sendProxy(address(17), address(18), 19, bytes32(uint256(20)));
        else bus.sendRun(2, word, 1, kind == 6 ? 0 : 64);
    }

    function _place(uint256[3] memory words) private pure returns (Place place) {
        assembly ("memory-safe") {
            place := words
        }
    }
}
