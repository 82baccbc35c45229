// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

import {DynamicBufferLib} from "solady/src/utils/DynamicBufferLib.sol";
import {SSTORE2} from "solady/src/utils/SSTORE2.sol";
import {IGroth16ProofSystem} from "./interfaces/IGroth16ProofSystem.sol";
import {IProofSystem, Statement} from "./interfaces/IProofSystem.sol";
import {FIELD_MODULUS} from "./protocol/Actions.sol";
import {Bn254, G1, G2} from "./protocol/Bn254.sol";
import {Fingerprint} from "./protocol/Fingerprint.sol";
import {isLocalChain} from "./protocol/LocalChains.sol";

/// @title Groth16 over BN254: any number of proofs under any number of keys in one pairing call
/// @notice A proof (A, B, C) of public inputs x under the key (α, β, γ, δ, IC) holds if
///
///     e(A, B) = e(α, β) · e(IC_0 + Σ x_i IC_i, γ) · e(C, δ)
///
/// All equations are checked at once: each is raised to a coefficient ρ that depends on everything, and the product of
/// all must hold. With a false equation among them it does not, but for a chance of about 2^-127. What is paired with
/// the same point is added up first, so n proofs under k keys take n + 3k pairs. The first ρ is 1, which loses nothing:
/// only the ratios of the coefficients matter.
contract Groth16ProofSystem is IGroth16ProofSystem {
    using DynamicBufferLib for DynamicBufferLib.DynamicBuffer;

    uint256 private constant PROOF_BYTES = 288;

    /// `keccak256` of α and of β of every development key (docs/spec.md section 6). A test derives them again.
    bytes32 private constant DEVELOPMENT_ALPHA =
        0x2c77c6401af51a2fae3d23b2bba80db7c33afbee1b7c9ff0ad7885ffc993baf8;
    bytes32 private constant DEVELOPMENT_BETA =
        0x0d2aa852a5d9b371063fa2c11a3b4a4fb73d01f32ae1335c44cb22b30520673a;

    /// Encoded key: 704 bytes.
    struct VerificationKey {
        G1 alpha;
        G2 beta;
        G2 gamma;
        G2 delta;
        G1[4] ic;
    }

    /// Proof bytes.
    struct Proof {
        uint256 commitment;
        G1 a;
        G2 b;
        G1 c;
    }

    /// A key that is in use, with the sums of what its proofs pair with its points.
    /// @param factors Σ ρ, Σ ρ·commitment, Σ ρ·challenge, Σ ρ·evaluation: those of IC; the first also that of α.
    /// @param sumC Σ ρ·C.
    struct Use {
        bytes32 keyHash;
        uint256[4] factors;
        G1 sumC;
    }

    struct StoredKey {
        address pointer;
        bool isDevelopment;
    }

    mapping(bytes32 keyHash => StoredKey) private _keys;

    /// @inheritdoc IGroth16ProofSystem
    function registerKey(bytes calldata key) external returns (bytes32 keyHash) {
        if (key.length != 704) revert KeyLength(key.length);
        keyHash = keccak256(key);
        if (isRegistered(keyHash)) return keyHash;
        // Either point gives the rest away.
        bool isDevelopment =
            keccak256(key[:64]) == DEVELOPMENT_ALPHA || keccak256(key[64:192]) == DEVELOPMENT_BETA;
        if (isDevelopment && !isLocalChain()) revert DevelopmentKey(block.chainid);
        _checkKey(abi.decode(key, (VerificationKey)));
        if (keccak256(key[192:320]) == keccak256(key[320:448])) revert UnfinishedSetup();
        address pointer = SSTORE2.write(key);
        _keys[keyHash] = StoredKey(pointer, isDevelopment);
        emit KeyRegistered(keyHash, pointer, isDevelopment);
    }

    /// @inheritdoc IGroth16ProofSystem
    function isRegistered(bytes32 keyHash) public view returns (bool) {
        return _keys[keyHash].pointer != address(0);
    }

    /// @inheritdoc IGroth16ProofSystem
    function isDevelopmentKey(bytes32 keyHash) external view returns (bool) {
        return _keys[keyHash].isDevelopment;
    }

    /// @inheritdoc IProofSystem
    function verify(Statement[] calldata statements) external view {
        uint256 count = statements.length;
        if (count == 0) return;
        uint256[4][] memory inputs = new uint256[4][](count);
        bytes32 seed = 0;
        for (uint256 i = 0; i < count; i++) {
            inputs[i] = _inputsOf(statements[i], i);
            seed = keccak256(
                abi.encodePacked(seed, statements[i].verificationKey, inputs[i], statements[i].proof)
            );
        }

        DynamicBufferLib.DynamicBuffer memory pairs;
        Use[] memory uses = new Use[](count);
        uint256 useCount = 0;
        for (uint256 i = 0; i < count; i++) {
            uint256 at = _find(uses, useCount, statements[i].verificationKey);
            if (at == useCount) uses[useCount++].keyHash = statements[i].verificationKey;
            pairs.p(_accumulate(uses[at], statements[i].proof, inputs[i], _coefficient(seed, i), i));
        }
        for (uint256 i = 0; i < useCount; i++) pairs.p(_keyPairs(uses[i]));
        if (!Bn254.pairingIsOne(pairs.data)) revert InvalidProof();
    }

    // ------------------------------------------------------------------------------------------------------------ keys

    /// All points are on their curve, none at infinity, and those of G2 in the subgroup of prime order.
    function _checkKey(VerificationKey memory key) private view {
        if (!Bn254.isOnCurve(key.alpha)) revert PointNotOnCurve(0);
        if (!Bn254.isOnCurve(key.beta)) revert PointNotOnCurve(64);
        if (!Bn254.isOnCurve(key.gamma)) revert PointNotOnCurve(192);
        if (!Bn254.isOnCurve(key.delta)) revert PointNotOnCurve(320);
        for (uint256 i = 0; i < 4; i++) if (!Bn254.isOnCurve(key.ic[i])) revert PointNotOnCurve(448 + 64 * i);
        // Paired with the point at infinity all give 1, but only points of the subgroup are accepted at all.
        G1 memory infinity;
        Bn254.pairingIsOne(abi.encode(infinity, key.beta, infinity, key.gamma, infinity, key.delta));
    }

    function _find(Use[] memory uses, uint256 count, bytes32 keyHash) private pure returns (uint256 at) {
        while (at < count && uses[at].keyHash != keyHash) at++;
    }

    // ---------------------------------------------------------------------------------------------------------- proofs

    /// 1 for IC_0, then the public inputs.
    function _inputsOf(Statement calldata statement, uint256 index) private pure returns (uint256[4] memory) {
        if (statement.proof.length != PROOF_BYTES) revert ProofLength(index, statement.proof.length);
        uint256 commitment = uint256(bytes32(statement.proof));
        if (commitment >= FIELD_MODULUS) revert CommitmentOutOfField(index, commitment);
        uint256[] memory words = statement.words;
        uint256 challenge = Fingerprint.challengeOf(words, commitment);
        return [1, commitment, challenge, Fingerprint.evaluate(words, challenge)];
    }

    /// Odd, so not zero, and less than 2^128.
    function _coefficient(bytes32 seed, uint256 index) private pure returns (uint256) {
        return index == 0 ? 1 : uint128(uint256(keccak256(abi.encode(seed, index)))) | 1;
    }

    /// Adds a proof to the sums of its key.
    /// @return The pair (ρA, B).
    function _accumulate(
        Use memory use,
        bytes calldata encoded,
        uint256[4] memory inputs,
        uint256 coefficient,
        uint256 index
    ) private view returns (bytes memory) {
        Proof memory proof = abi.decode(encoded, (Proof));
        if (!Bn254.isOnCurve(proof.a) || !Bn254.isOnCurve(proof.b) || !Bn254.isOnCurve(proof.c)) {
            revert ProofNotOnCurve(index);
        }
        for (uint256 i = 0; i < 4; i++) {
            use.factors[i] = addmod(
                use.factors[i],
                mulmod(coefficient, inputs[i], FIELD_MODULUS),
                FIELD_MODULUS
            );
        }
        if (coefficient != 1) {
            proof.a = Bn254.multiply(proof.a, coefficient);
            proof.c = Bn254.multiply(proof.c, coefficient);
        }
        use.sumC = Bn254.add(use.sumC, proof.c);
        return abi.encode(proof.a, proof.b);
    }

    /// The three pairs of a key, on the other side of the equation: (-Σρ·α, β), (-Σρ·IC(x), γ), (-Σρ·C, δ).
    function _keyPairs(Use memory use) private view returns (bytes memory) {
        address pointer = _keys[use.keyHash].pointer;
        if (pointer == address(0)) revert UnknownKey(use.keyHash);
        VerificationKey memory key = abi.decode(SSTORE2.read(pointer), (VerificationKey));
        G1 memory alpha = Bn254.multiply(key.alpha, use.factors[0]);
        G1 memory sum = Bn254.multiply(key.ic[0], use.factors[0]);
        for (uint256 i = 1; i < 4; i++) sum = Bn254.add(sum, Bn254.multiply(key.ic[i], use.factors[i]));
        return
            abi.encode(
                Bn254.negate(alpha),
                key.beta,
                Bn254.negate(sum),
                key.gamma,
                Bn254.negate(use.sumC),
                key.delta
            );
    }
}
