// Groth16 for keys in snarkjs' format on gnark-crypto's multi-exponentiation, with the key loaded once.
//
//	gnark <zkey> <threads> [<ckey>]    many proofs and commitments, as ../../native/worker-process.ts says
//
// When input is closed, as it is when whoever started the worker dies, it ends at once, even amid a proof.
package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"time"
)

const (
	// Of the frames, as in ../../native/worker-process.ts.
	frameFormat = "lockstep.worker.v3"
	// Far beyond any circuit that fits the field's 2^28 roots of unity in practice: a longer frame is garbage.
	maxFrameBytes = 1 << 31
	// Percent of the key and the witness that garbage may reach. Nothing in them points anywhere: collecting is cheap.
	garbagePercent = 20

	// First letters of what comes in.
	witnessLetter = 'W'
	traceLetter   = 'T'
)

func main() {
	if len(os.Args) != 3 && len(os.Args) != 4 {
		fmt.Fprintf(os.Stderr, "usage: %s <zkey> <threads> [<ckey>]\n", os.Args[0])
		os.Exit(2)
	}
	threads, err := strconv.Atoi(os.Args[2])
	if err != nil || threads < 1 {
		fmt.Fprintf(os.Stderr, "%q is no number of threads\n", os.Args[2])
		os.Exit(2)
	}
	runtime.GOMAXPROCS(threads)
	debug.SetGCPercent(garbagePercent)
	// A panic is told of by its message alone.
	debug.SetTraceback("none")
	serve(os.Args[1], os.Args[3:], threads)
}

// Of a circuit's keys there is one more where it has committed wires.
func serve(zkey string, ckey []string, threads int) {
	// One may wait, and the end of the input is seen all the same.
	frames := make(chan []byte, 1)
	go readFrames(frames)
	key, err := loadProvingKey(zkey)
	if err != nil {
		answer('E', fmt.Appendf(nil, "%s: %v", zkey, err))
		os.Exit(1)
	}
	var committing commitmentKey
	for _, path := range ckey {
		if committing, err = loadCommitmentKey(path); err != nil {
			answer('E', fmt.Appendf(nil, "%s: %v", path, err))
			os.Exit(1)
		}
	}
	answer('R', []byte(frameFormat))
	for frame := range frames {
		var letter byte
		var made []byte
		err := errors.New("a frame is neither a witness nor a trace")
		switch {
		case len(frame) > 0 && frame[0] == witnessLetter:
			letter = 'P'
			made, err = proveOnce(key, frame[1:], threads)
		case len(frame) > 0 && frame[0] == traceLetter:
			letter = 'D'
			made, err = commitOnce(committing, frame[1:], threads)
		}
		if err != nil {
			answer('E', []byte(err.Error()))
			continue
		}
		answer(letter, made)
	}
	answer('E', []byte("a frame is too long"))
	os.Exit(1)
}

// An answer, but for its letter.
func commitOnce(key commitmentKey, values []byte, threads int) ([]byte, error) {
	if key == nil {
		return nil, errors.New("the circuit has no committed wires")
	}
	start := time.Now()
	made, err := key.commit(values, threads)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Milliseconds float64   `json:"milliseconds"`
		Commitment   [3]string `json:"commitment"`
	}{millisecondsSince(start), made})
}

func millisecondsSince(start time.Time) float64 {
	return float64(time.Since(start).Microseconds()) / 1_000
}

// An answer, but for its letter.
func proveOnce(key *provingKey, content []byte, threads int) ([]byte, error) {
	start := time.Now()
	witness, err := key.readWitness(content)
	if err != nil {
		return nil, err
	}
	made, err := key.prove(witness, threads)
	if err != nil {
		return nil, err
	}
	return json.Marshal(struct {
		Milliseconds  float64  `json:"milliseconds"`
		Proof         proof    `json:"proof"`
		PublicSignals []string `json:"publicSignals"`
	}{millisecondsSince(start), made, key.publicSignals(witness)})
}

// Ends the process with the input, and the channel at a frame that is too long.
func readFrames(to chan<- []byte) {
	input := bufio.NewReader(os.Stdin)
	for {
		var size uint32
		if binary.Read(input, binary.LittleEndian, &size) != nil {
			os.Exit(0)
		}
		if size > maxFrameBytes {
			close(to)
			return
		}
		content := make([]byte, size)
		if _, err := io.ReadFull(input, content); err != nil {
			os.Exit(0)
		}
		to <- content
	}
}

func answer(kind byte, text []byte) {
	frame := binary.LittleEndian.AppendUint32(nil, uint32(len(text)+1))
	frame = append(append(frame, kind), text...)
	if _, err := os.Stdout.Write(frame); err != nil {
		os.Exit(1)
	}
}
