/*
 * The multi-exponentiation behind a proof's commitment. The library has one, but lets nobody call it; its arithmetic of
 * the base field can be called.
 */
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

extern "C" {
void Fq_rawMMul(uint64_t *result, const uint64_t *a, const uint64_t *b);
void Fq_rawAdd(uint64_t *result, const uint64_t *a, const uint64_t *b);
void Fq_rawSub(uint64_t *result, const uint64_t *a, const uint64_t *b);
void Fq_rawFromMontgomery(uint64_t *result, const uint64_t *a);
int Fq_rawIsZero(const uint64_t *a);
int Fq_rawIsEq(const uint64_t *a, const uint64_t *b);
}

namespace commitment {

constexpr size_t ELEMENT_BYTES = 32, G1_BYTES = 64, G2_BYTES = 128;
constexpr unsigned SCALAR_BITS = 254, MAX_WINDOW = 14;

/** Of the base field, in Montgomery's form: four words, the least significant first. */
struct Element {
    uint64_t words[4];
    Element operator*(const Element &other) const { return with(Fq_rawMMul, other); }
    Element operator+(const Element &other) const { return with(Fq_rawAdd, other); }
    Element operator-(const Element &other) const { return with(Fq_rawSub, other); }
    bool operator==(const Element &other) const { return Fq_rawIsEq(words, other.words) != 0; }
    bool isZero() const { return Fq_rawIsZero(words) != 0; }

  private:
    Element with(void (*operation)(uint64_t *, const uint64_t *, const uint64_t *), const Element &other) const {
        Element result;
        operation(result.words, words, other.words);
        return result;
    }
};

constexpr Element ZERO = {{0, 0, 0, 0}};
/** 2^256 modulo the base field's modulus. */
constexpr Element ONE = {{0xd35d438dc58f0d9d, 0x0a78eb28f5c70b3d, 0x666ea36f7879462c, 0x0e0a77c19a07df2f}};
/** The base field's modulus less 2: the exponent of inversion. */
constexpr uint64_t INVERSION[4] = {0x3c208c16d87cfd45, 0x97816a916871ca8d, 0xb85045b68181585d, 0x30644e72e131a029};
/** The scalar field's modulus. */
constexpr uint64_t SCALARS[4] = {0x43e1f593f0000001, 0x2833e84879b97091, 0xb85045b68181585d, 0x30644e72e131a029};

inline Element inverse(const Element &of) {
    Element result = ONE;
    for (int bit = 255; bit >= 0; bit--) {
        result = result * result;
        if (INVERSION[bit / 64] >> (bit % 64) & 1) result = result * of;
    }
    return result;
}

/** As files have it; zeros are the point at infinity. */
struct Affine {
    Element x, y;
    bool isInfinity() const { return x.isZero() && y.isZero(); }
};

/** Jacobian: (X/Z², Y/Z³). At infinity Z is zero. */
struct Point {
    Element x = ONE, y = ONE, z = ZERO;

    void twice() {
        if (z.isZero()) return;
        const Element a = x * x, b = y * y, c = b * b, xb = x + b;
        const Element half = xb * xb - a - c, d = half + half, e = a + a + a;
        z = y * z;
        z = z + z;
        x = e * e - d - d;
        const Element c2 = c + c, c4 = c2 + c2;
        y = e * (d - x) - (c4 + c4);
    }

    void add(const Affine &other) {
        if (!other.isInfinity()) add({other.x, other.y, ONE});
    }

    void add(const Point &other) {
        if (other.z.isZero()) return;
        if (z.isZero()) {
            *this = other;
            return;
        }
        const Element zz = z * z, otherZz = other.z * other.z;
        const Element u = x * otherZz, otherU = other.x * zz;
        const Element s = y * otherZz * other.z, otherS = other.y * zz * z;
        if (u == otherU) {
            if (s == otherS) twice();
            else *this = Point();
            return;
        }
        const Element h = otherU - u, r = otherS - s, hh = h * h, hhh = hh * h, v = u * hh;
        x = r * r - hhh - v - v;
        y = r * (v - x) - s * hhh;
        z = z * other.z * h;
    }
};

/** In decimals, as snarkjs writes numbers. */
inline std::string decimal(const Element &of) {
    constexpr uint64_t BASE = 10'000'000'000'000'000'000u;
    uint64_t words[4];
    Fq_rawFromMontgomery(words, of.words);
    std::string digits;
    for (int part = 0; part < 5; part++) {
        unsigned __int128 rest = 0;
        for (int word = 3; word >= 0; word--) {
            rest = rest << 64 | words[word];
            words[word] = static_cast<uint64_t>(rest / BASE);
            rest %= BASE;
        }
        std::string chunk = std::to_string(static_cast<uint64_t>(rest));
        digits = std::string(19 - chunk.size(), '0') + chunk + digits;
    }
    const size_t first = digits.find_first_not_of('0');
    return first == std::string::npos ? "0" : digits.substr(first);
}

/** `width` bits from the bit `from` on. */
inline unsigned digitAt(const uint64_t *scalar, unsigned from, unsigned width) {
    const unsigned word = from / 64, shift = from % 64;
    uint64_t bits = scalar[word] >> shift;
    if (shift + width > 64 && word < 3) bits |= scalar[word + 1] << (64 - shift);
    return static_cast<unsigned>(bits & ((uint64_t(1) << width) - 1));
}

/** Σ scalar·base, by Pippenger's buckets. Scalars are four words each. */
inline Point sumOf(const Affine *bases, const uint64_t *scalars, size_t count) {
    unsigned width = 2;
    while (width < MAX_WINDOW && (size_t(16) << width) < count) width++;
    std::vector<Point> buckets(size_t(1) << width);
    Point sum;
    for (int window = static_cast<int>(SCALAR_BITS / width); window >= 0; window--) {
        for (unsigned bit = 0; bit < width; bit++) sum.twice();
        bool isEmpty = true;
        for (size_t index = 0; index < count; index++) {
            const unsigned digit = digitAt(scalars + 4 * index, static_cast<unsigned>(window) * width, width);
            if (digit == 0) continue;
            buckets[digit].add(bases[index]);
            isEmpty = false;
        }
        // Most values are small: the high windows are empty.
        if (isEmpty) continue;
        Point running;
        for (size_t digit = buckets.size() - 1; digit > 0; digit--) {
            running.add(buckets[digit]);
            sum.add(running);
            buckets[digit] = Point();
        }
    }
    return sum;
}

/** A `.ckey` file, as ../../../keys/commitment-key.ts writes it: a point for each committed wire. */
class Key {
  public:
    /** @throws std::runtime_error with what is wrong with the file. */
    Key(const void *content, size_t size) {
        const uint8_t *file = static_cast<const uint8_t *>(content);
        uint32_t sections = 0, count = 0;
        bool isCounted = false;
        if (size < 12 || std::memcmp(file, "ckey", 4) != 0) throw std::runtime_error("it is no .ckey file");
        std::memcpy(&sections, file + 8, sizeof sections);
        const uint8_t *points = nullptr;
        uint64_t pointBytes = 0;
        for (size_t at = 12; sections > 0; sections--) {
            uint32_t type;
            uint64_t length;
            if (size - at < 12) throw std::runtime_error("the .ckey file ends amid its sections");
            std::memcpy(&type, file + at, sizeof type);
            std::memcpy(&length, file + at + 4, sizeof length);
            at += 12;
            if (length > size - at) throw std::runtime_error("a section of the .ckey file is cut off");
            if (type == 1 && length == 8 + G2_BYTES) {
                std::memcpy(&count, file + at + 4, sizeof count);
                isCounted = true;
            }
            if (type == 2) {
                points = file + at;
                pointBytes = length;
            }
            at += length;
        }
        if (!isCounted || points == nullptr || pointBytes != uint64_t(count) * G1_BYTES)
            throw std::runtime_error("the .ckey file does not hold the points that it says");
        points_.resize(count);
        if (count > 0) std::memcpy(points_.data(), points, pointBytes);
    }

    /**
     * D in snarkjs' format.
     * @throws std::runtime_error with what is wrong with the values, 32 bytes each, little-endian.
     */
    std::string commit(const char *values, size_t size, unsigned threads) const {
        if (size != points_.size() * ELEMENT_BYTES)
            throw std::runtime_error(std::to_string(size) + " bytes are given for " + std::to_string(points_.size()) +
                                     " committed wires");
        std::vector<uint64_t> scalars(4 * points_.size());
        if (size > 0) std::memcpy(scalars.data(), values, size);
        for (size_t wire = 0; wire < points_.size(); wire++)
            if (!isReduced(&scalars[4 * wire]))
                throw std::runtime_error("committed value " + std::to_string(wire) + " is no element of the field");
        const Point sum = sumInParts(scalars, std::max(1u, threads));
        if (sum.z.isZero()) return "[\"0\",\"0\",\"1\"]";
        const Element z = inverse(sum.z), zz = z * z;
        return "[\"" + decimal(sum.x * zz) + "\",\"" + decimal(sum.y * zz * z) + "\",\"1\"]";
    }

  private:
    static bool isReduced(const uint64_t *scalar) {
        for (int word = 3; word >= 0; word--)
            if (scalar[word] != SCALARS[word]) return scalar[word] < SCALARS[word];
        return false;
    }

    Point sumInParts(const std::vector<uint64_t> &scalars, unsigned threads) const {
        const size_t part = (points_.size() + threads - 1) / threads;
        std::vector<Point> sums(threads);
        std::vector<std::thread> running;
        for (unsigned index = 0; index < threads; index++) {
            const size_t from = std::min(index * part, points_.size());
            const size_t count = std::min(part, points_.size() - from);
            running.emplace_back([&, index, from, count] {
                sums[index] = sumOf(points_.data() + from, scalars.data() + 4 * from, count);
            });
        }
        for (std::thread &each : running) each.join();
        Point sum;
        for (const Point &each : sums) sum.add(each);
        return sum;
    }

    std::vector<Affine> points_;
};

}  // namespace commitment
