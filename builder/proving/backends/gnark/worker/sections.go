package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
)

const (
	elementBytes = 32
	bufferBytes  = 1 << 20
)

// The files of circom and snarkjs: four letters, a version, a number of sections, and sections of a type and a length. A type is
// there once.
type sections map[uint32]*io.SectionReader

func readSections(from io.ReaderAt, size int64, magic string) (sections, error) {
	file := io.NewSectionReader(from, 0, size)
	var start struct {
		Magic          [4]byte
		Version, Count uint32
	}
	if err := binary.Read(file, binary.LittleEndian, &start); err != nil || string(start.Magic[:]) != magic {
		return nil, fmt.Errorf("it is no .%s file", magic)
	}
	found := sections{}
	for range start.Count {
		var header struct {
			Type   uint32
			Length uint64
		}
		if err := binary.Read(file, binary.LittleEndian, &header); err != nil {
			return nil, fmt.Errorf("the .%s file ends amid its sections", magic)
		}
		at, _ := file.Seek(0, io.SeekCurrent)
		if header.Length > uint64(size-at) {
			return nil, fmt.Errorf("section %d of the .%s file is cut off", header.Type, magic)
		}
		if _, isThere := found[header.Type]; isThere {
			return nil, fmt.Errorf("section %d of the .%s file is there twice", header.Type, magic)
		}
		length := int64(header.Length)
		found[header.Type] = io.NewSectionReader(from, at, length)
		if _, err := file.Seek(length, io.SeekCurrent); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// What `read` makes of a file's sections.
func readFile[Key any](path, magic string, read func(sections) (Key, error)) (key Key, err error) {
	file, err := os.Open(path)
	if err != nil {
		return key, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return key, err
	}
	found, err := readSections(file, info.Size(), magic)
	if err != nil {
		return key, err
	}
	return read(found)
}

// A section's content in order. The first error is kept; what is read after it is zero.
type reader struct {
	section uint32
	from    *bufio.Reader
	err     error
}

// Of a section that has to hold `bytes` bytes, or any number if that is negative.
func (found sections) open(section uint32, bytes int64) *reader {
	content, isThere := found[section]
	switch {
	case !isThere:
		return &reader{err: fmt.Errorf("there is no section %d", section)}
	case bytes >= 0 && content.Size() != bytes:
		return &reader{err: fmt.Errorf("section %d has %d bytes, not %d", section, content.Size(), bytes)}
	}
	return &reader{section: section, from: bufio.NewReaderSize(content, bufferBytes)}
}

// Valid until more is read.
func (r *reader) next(count int) []byte {
	if r.err == nil {
		content, err := r.from.Peek(count)
		if err == nil {
			_, err = r.from.Discard(count)
		}
		if err == nil {
			return content
		}
		r.err = fmt.Errorf("section %d cannot be read to its end: %w", r.section, err)
	}
	return make([]byte, count)
}

func (r *reader) uint32() uint32 {
	return binary.LittleEndian.Uint32(r.next(4))
}

// 32 bytes as they stand in the file: four words of 64 bits, the least significant first.
func (r *reader) element() (words [4]uint64) {
	content := r.next(elementBytes)
	for index := range words {
		words[index] = binary.LittleEndian.Uint64(content[8*index:])
	}
	return words
}
