/** Hash of an empty subtree by its level: 0, then the node of four such. A test compares all of these. */
export const EMPTY_TREE: readonly bigint[] = [
  0x0n,
  0x532fd436e19c70e51209694d9c215250937921b8b79060488c1206db73e9946n,
  0x1ea8dbbca1ca3a574b1b871aad1e8bc47571c7e11a99a6fb25f3f19d4bfad32cn,
  0x1b98ec5a992cd3688e655aef8674386f4e84f0a442eaab4840427e359c214dd2n,
  0xfd83a3939005974d559c13c652a31942ffd61cab9a038e04239af96cafaee14n,
  0x11eb54967ae25ce42205223461cda9dbb1a1811db38b71e404d1fd94c9627777n,
  0x1c682a99981cf10a215d2788721e0ca060ddc0932cbb04c903eee3bd899dcfc0n,
  0x2b3de1ae8e72d64a5cb03934061e3fd03789273f370e32d576ae54b4cbeca719n,
  0x1b64ed0dc55f80f1f3da256b451baf16110fc268311a13fe903f87945b734861n,
  0x6efb4c4a55b0225fd1088d357b2432f422b0593015c57980e373ecef9029c72n,
  0x262138dff44f5352d2d7ec48461c771444a6c00c761a3263735d0a99143a51f1n,
  0x7ea118d86ace14a8eaa26fc18b36fefe7d5f5b00e0eb9ebfd1c88f37131c178n,
  0xc2a4af81a2cd78159ce2f3d7ee05367fc5b3c3e1becea2a86d1e66dd27ffb7fn,
  0x1a953a710c22f79c369c976fc9981ffdbfe236695297fec65886e645e6fa2884n,
  0x16b0c5e286286eb6c4774ad6292b4f0bdc5b36cb7890b27544268892ae255e0dn,
  0x2dd7186449cc82702fb8f2d7fa86e0095263f8afb521e1976f499e67a0d7cbb8n,
  0x151399c724e17408a7a43cdadba2fc000da9339c56e4d49c6cdee6c4356fbc68n,
];

/** Low 248 bits of H_2(3, 0): where the state has its block. */
export const BLOCK_KEY = 0x43ce8ad378d029838ba8eef2e18e68d25ec1e09586fa39b30bf83fd19832c3n;

/**
 * keccak256 of no bytes, in halves: the code hash of accounts without code, and of those that are not
 * there.
 */
export const NO_CODE = {
  hashLo: 0xe500b653ca82273b7bfad8045d85a470n,
  hashHi: 0xc5d2460186f7233c927e7db2dcc703c0n,
} as const;

/** First input of a key's hash, by what the key names. */
export const DOMAIN = { account: 1, slot: 2 } as const;
