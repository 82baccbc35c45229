/*
 * prover <zkey> <wtns> <proof.json> <public.json>
 *
 * What rapidsnark's own program of that name does, over its library's one-shot function: maps the key and the witness, proves once, writes
 * two files.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#include "prover.h"

namespace {

/** A proof is some 800 characters. */
constexpr unsigned long PROOF_BYTES = 4096;
constexpr unsigned long ERROR_BYTES = 1024;
#ifdef MAP_POPULATE
constexpr int MAPPING = MAP_PRIVATE | MAP_POPULATE;
#else
constexpr int MAPPING = MAP_PRIVATE;
#endif

struct Bytes {
    const void *content;
    unsigned long size;
};

/** Mapped until the program ends. */
Bytes map(const char *path) {
    const int file = open(path, O_RDONLY);
    struct stat status;
    if (file < 0 || fstat(file, &status) != 0) throw std::runtime_error(std::string(path) + " cannot be read");
    const unsigned long size = static_cast<unsigned long>(status.st_size);
    void *content = mmap(nullptr, size, PROT_READ, MAPPING, file, 0);
    close(file);
    if (content == MAP_FAILED) throw std::runtime_error(std::string(path) + " cannot be mapped");
    return {content, size};
}

void write(const char *path, const std::string &text) {
    if (!(std::ofstream(path) << text << std::flush)) throw std::runtime_error(std::string(path) + " cannot be written");
}

void prove(char **paths) {
    const Bytes zkey = map(paths[1]), witness = map(paths[2]);
    char error[ERROR_BYTES] = "";
    unsigned long publicSize = 0, proofSize = PROOF_BYTES;
    if (groth16_public_size_for_zkey_buf(zkey.content, zkey.size, &publicSize, error, sizeof error) != PROVER_OK)
        throw std::runtime_error(error);
    std::string proof(proofSize, '\0'), signals(publicSize, '\0');
    if (groth16_prover(zkey.content, zkey.size, witness.content, witness.size, &proof[0], &proofSize, &signals[0],
                       &publicSize, error, sizeof error) != PROVER_OK)
        throw std::runtime_error(error);
    write(paths[3], proof.c_str());
    write(paths[4], signals.c_str());
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 5) {
        std::fprintf(stderr, "usage: %s <zkey> <wtns> <proof.json> <public.json>\n", arguments[0]);
        return 2;
    }
    try {
        prove(arguments);
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
