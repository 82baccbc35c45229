/** `base^exponent mod modulus`; the modular inverse for a prime modulus with exponent `modulus − 2`. */
export function modPow(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (
    let power = base % modulus, rest = exponent;
    rest > 0n;
    rest >>= 1n, power = (power * power) % modulus
  ) {
    if (rest & 1n) result = (result * power) % modulus;
  }
  return result;
}
