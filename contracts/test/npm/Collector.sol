// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

/// @title What a collector needs of Permit2
interface ISignatureTransfer {
    struct TokenPermissions {
        address token;
        uint256 amount;
    }
    struct PermitTransferFrom {
        TokenPermissions permitted;
        uint256 nonce;
        uint256 deadline;
    }
    struct SignatureTransferDetails {
        address to;
        uint256 requestedAmount;
    }

    function permitTransferFrom(
        PermitTransferFrom memory permit,
        SignatureTransferDetails calldata transferDetails,
        address owner,
        bytes calldata signature
    ) external;
}

/// @title FOR TESTS ONLY: takes tokens of another chain by Permit2 there
contract Collector {
    /// How often it took some.
    uint256 public takings;

    /// @param permit2 Permit2 of the token's chain.
    function take(
        ISignatureTransfer permit2,
        ISignatureTransfer.PermitTransferFrom calldata permit,
        address to,
        address owner,
        bytes calldata signature
    ) external {
        uint256 amount = permit.permitted.amount;
        permit2.permitTransferFrom(
            permit,
            ISignatureTransfer.SignatureTransferDetails({to: to, requestedAmount: amount}),
            owner,
            signature
        );
        ++takings;
    }
}
