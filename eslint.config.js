import eslint from "@eslint/js";
import tseslint from "typescript-eslint";

export default tseslint.config(
  {
    ignores: [
      "node_modules",
      ".lockstep",
      "artifacts",
      "cache",
      "types",
      "contracts",
      // A project of its own, with types of its own: test/packages checks them.
      "test/packages/dapp",
      // Generated.
      "builder/protocol/abi.ts",
      "packages/client/src/typechain",
      "**/*.d.ts",
      "**/*.d.mts",
    ],
  },
  eslint.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // Comments name who acts. Prettier wraps code, and leaves comments as they are.
      "no-warning-comments": [
        "error",
        { terms: ["whoever", "nobody", "somebody", "anybody", "everybody"], location: "anywhere" },
      ],
      "max-len": ["error", { code: 1000, comments: 110, ignoreUrls: true }],
      // Field elements and wei are bigints; numbers are indices and counts. Both print as one expects.
      "@typescript-eslint/restrict-template-expressions": [
        "error",
        { allowNumber: true, allowBoolean: true },
      ],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      // `type` keeps mapped and recursive types next to each other readable.
      "@typescript-eslint/consistent-type-definitions": "off",
      "@typescript-eslint/consistent-indexed-object-style": "off",
      // A constructor that only narrows its base's parameters says something.
      "@typescript-eslint/no-useless-constructor": "off",
      // Interfaces are asynchronous where one implementation has to wait; others need not.
      "@typescript-eslint/require-await": "off",
    },
  },
  {
    // EthereumJS deprecates constructors in favour of factories, which a subclass cannot use.
    files: ["builder/simulate/**", "builder/evm/**", "builder/kinds/evm/**"],
    rules: { "@typescript-eslint/no-deprecated": "off" },
  },
  {
    files: ["test/**/*.ts"],
    rules: {
      // chai asserts by property access.
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-non-null-assertion": "off",
      "@typescript-eslint/no-empty-function": "off",
      // What answers over JSON-RPC and ethers' contracts is untyped; that it is right is what a test asserts.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
  {
    // Programs that talk to a person.
    files: ["scripts/**", "builder/cli/**", "builder/devnet/**", "builder/node/**"],
    rules: { "no-console": "off" },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: {
        process: "readonly",
        console: "readonly",
        setTimeout: "readonly",
        setInterval: "readonly",
        clearInterval: "readonly",
        clearTimeout: "readonly",
        URL: "readonly",
        Buffer: "readonly",
      },
    },
  },
);
