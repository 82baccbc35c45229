/*
 * rapidsnark with the proving key loaded once.
 *
 *   rapidsnark <zkey> <threads> [<ckey>]   many proofs and commitments, as ../../native/worker-process.ts says
 *   rapidsnark <zkey> <wtns> <proof.json> <public.json>   one proof, as rapidsnark's own program `prover` makes it
 *
 * When input is closed, as it is when whoever started the worker dies, it ends at once, even amid a proof.
 */
#include <fcntl.h>
#include <poll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "commitment.hpp"

// The library has more than the header beside it declares. `unsigned long` is 64 bits wide wherever there is a library.
static_assert(sizeof(unsigned long) == 8, "rapidsnark's interface has 64-bit lengths");
extern "C" {
int groth16_prover_create(void **prover, const void *zkey, unsigned long zkey_size, char *error,
                          unsigned long error_size);
int groth16_prover_prove(void *prover, const void *witness, unsigned long witness_size, char *proof,
                         unsigned long *proof_size, char *signals, unsigned long *signals_size, char *error,
                         unsigned long error_size);
void groth16_prover_destroy(void *prover);
void groth16_proof_size(unsigned long *size);
int groth16_public_size_for_zkey_buf(const void *zkey, unsigned long zkey_size, unsigned long *size, char *error,
                                     unsigned long error_size);
}

namespace {

/** Of the frames, as in ../../native/worker-process.ts. */
constexpr char FRAME_FORMAT[] = "lockstep.worker.v3";
constexpr size_t ERROR_BYTES = 1024;
/** Far beyond any circuit that fits the field's 2^28 roots of unity in practice: a longer frame is garbage. */
constexpr uint32_t MAX_FRAME_BYTES = 1u << 31;
/** First letters of what comes in. */
constexpr char WITNESS = 'W', TRACE = 'T';

int processors = 0;

struct Proof {
    std::string proof;
    std::string publicSignals;
};

/** A file's content, in memory that processes share. */
class MappedFile {
  public:
    /** @throws std::runtime_error */
    explicit MappedFile(const char *path) {
        const int file = open(path, O_RDONLY);
        struct stat status;
        if (file >= 0 && fstat(file, &status) == 0 && status.st_size > 0) {
            size_ = static_cast<size_t>(status.st_size);
            content_ = mmap(nullptr, size_, PROT_READ, MAP_PRIVATE, file, 0);
        }
        if (file >= 0) close(file);
        if (content_ == MAP_FAILED) throw std::runtime_error(std::string(path) + " cannot be read");
    }
    ~MappedFile() { munmap(content_, size_); }
    MappedFile(const MappedFile &) = delete;
    MappedFile &operator=(const MappedFile &) = delete;
    const void *content() const { return content_; }
    size_t size() const { return size_; }

  private:
    void *content_ = MAP_FAILED;
    size_t size_ = 0;
};

class Prover {
  public:
    /** @throws std::runtime_error with what is wrong with the key. */
    explicit Prover(const char *zkey) : zkey_(zkey) {
        char error[ERROR_BYTES] = "";
        if (groth16_public_size_for_zkey_buf(zkey_.content(), zkey_.size(), &publicSize_, error, sizeof error) != 0 ||
            groth16_prover_create(&prover_, zkey_.content(), zkey_.size(), error, sizeof error) != 0)
            throw std::runtime_error(error);
        groth16_proof_size(&proofSize_);
    }
    ~Prover() { groth16_prover_destroy(prover_); }
    Prover(const Prover &) = delete;
    Prover &operator=(const Prover &) = delete;

    /** @throws std::runtime_error with what is wrong with the witness. */
    Proof prove(const char *witness, size_t size) const {
        // The sizes come without the final zero.
        std::string proof(proofSize_ + 1, '\0'), signals(publicSize_ + 1, '\0');
        unsigned long proofSize = proof.size(), signalsSize = signals.size();
        char error[ERROR_BYTES] = "";
        if (groth16_prover_prove(prover_, witness, size, &proof[0], &proofSize, &signals[0],
                                 &signalsSize, error, sizeof error) != 0)
            throw std::runtime_error(error[0] == '\0' ? "rapidsnark gave no reason" : error);
        return {proof.c_str(), signals.c_str()};
    }

  private:
    // The library's own way to read a file (groth16_prover_create_zkey_file) closes it before the first proof.
    MappedFile zkey_;
    void *prover_ = nullptr;
    unsigned long proofSize_ = 0, publicSize_ = 0;
};

/** False at the end of the input. */
bool readFully(void *to, size_t count) {
    char *at = static_cast<char *>(to);
    while (count > 0) {
        const ssize_t got = read(STDIN_FILENO, at, count);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) return false;
        at += got;
        count -= static_cast<size_t>(got);
    }
    return true;
}

void writeFully(int file, const std::string &bytes) {
    for (size_t done = 0; done < bytes.size();) {
        const ssize_t written = write(file, bytes.data() + done, bytes.size() - done);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) _exit(1);
        done += static_cast<size_t>(written);
    }
}

void answer(int file, char kind, const std::string &text) {
    const uint32_t size = static_cast<uint32_t>(text.size() + 1);
    std::string frame;
    for (int shift = 0; shift < 32; shift += 8) frame.push_back(static_cast<char>(size >> shift));
    writeFully(file, frame + kind + text);
}

std::string millisecondsSince(std::chrono::steady_clock::time_point start) {
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - start;
    return std::to_string(took.count());
}

void endWithInput() {
#ifdef POLLRDHUP
    pollfd input = {STDIN_FILENO, POLLRDHUP, 0};
#else
    pollfd input = {STDIN_FILENO, 0, 0};
#endif
    while (poll(&input, 1, -1) <= 0) {
    }
    _exit(0);
}

/** An answer, but for its letter. */
std::string proveOnce(const Prover &prover, const char *witness, size_t size) {
    const auto start = std::chrono::steady_clock::now();
    const Proof made = prover.prove(witness, size);
    return "{\"milliseconds\":" + millisecondsSince(start) + ",\"proof\":" + made.proof +
           ",\"publicSignals\":" + made.publicSignals + "}";
}

/** An answer, but for its letter. */
std::string commitOnce(const commitment::Key *key, const char *values, size_t size) {
    if (key == nullptr) throw std::runtime_error("the circuit has no committed wires");
    const auto start = std::chrono::steady_clock::now();
    const std::string made = key->commit(values, size, static_cast<unsigned>(processors));
    return "{\"milliseconds\":" + millisecondsSince(start) + ",\"commitment\":" + made + "}";
}

/** @param ckey nothing where the circuit has no committed wires. */
int serve(const char *zkey, const char *ckey) {
    // The library may print; frames have the real standard output to themselves.
    const int out = dup(STDOUT_FILENO);
    dup2(STDERR_FILENO, STDOUT_FILENO);
    std::thread(endWithInput).detach();
    try {
        const Prover prover(zkey);
        std::unique_ptr<commitment::Key> key;
        if (ckey != nullptr) {
            const MappedFile file(ckey);
            key = std::make_unique<commitment::Key>(file.content(), file.size());
        }
        answer(out, 'R', FRAME_FORMAT);
        for (;;) {
            unsigned char length[4];
            if (!readFully(length, sizeof length)) _exit(0);
            uint32_t size = 0;
            for (int index = 3; index >= 0; index--) size = size << 8 | length[index];
            if (size > MAX_FRAME_BYTES) {
                answer(out, 'E', "a frame is too long");
                return 1;
            }
            std::vector<char> frame(size);
            if (!readFully(frame.data(), size)) _exit(1);
            try {
                const char letter = size > 0 ? frame[0] : '\0';
                if (letter == WITNESS) answer(out, 'P', proveOnce(prover, frame.data() + 1, size - 1));
                else if (letter == TRACE) answer(out, 'D', commitOnce(key.get(), frame.data() + 1, size - 1));
                else throw std::runtime_error("a frame is neither a witness nor a trace");
            } catch (const std::exception &error) {
                answer(out, 'E', error.what());
            }
        }
    } catch (const std::exception &error) {
        answer(out, 'E', error.what());
        return 1;
    }
}

int proveFiles(char **arguments) {
    try {
        std::ifstream file(arguments[2], std::ios::binary);
        if (!file) throw std::runtime_error("the witness cannot be read");
        const std::vector<char> witness((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
        const Proof made = Prover(arguments[1]).prove(witness.data(), witness.size());
        if (!(std::ofstream(arguments[3]) << made.proof << std::flush) ||
            !(std::ofstream(arguments[4]) << made.publicSignals << std::flush))
            throw std::runtime_error("the proof cannot be written");
        return 0;
    } catch (const std::exception &error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}

}  // namespace

#ifdef __GLIBC__
/** rapidsnark starts a thread per processor that libstdc++ counts, which asks this function: glibc's, but with a limit. */
extern "C" int get_nprocs(void) noexcept {
    const long online = sysconf(_SC_NPROCESSORS_ONLN);
    return static_cast<int>(processors > 0 && processors < online ? processors : online);
}
#endif

int main(int count, char **arguments) {
    if (count == 5) return proveFiles(arguments);
    if (count == 3 || count == 4) {
        processors = std::atoi(arguments[2]);
        return serve(arguments[1], count == 4 ? arguments[3] : nullptr);
    }
    std::fprintf(stderr, "usage: %s <zkey> <threads> [<ckey>] | <zkey> <wtns> <proof.json> <public.json>\n", arguments[0]);
    return 2;
}
