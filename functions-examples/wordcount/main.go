// wordcount: lines, words and bytes of a text of any size, and its most frequent words.
//
//	wordcount top=10 format=json
//
// The input is /data (a file, or a folder: all files below it) or, without it, the body of the
// request. Exit code 64: the arguments are not understood; 74: the input could not be read.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

const (
	data     = "/data"
	usage    = "arguments are top=N (0 to 1000, 10 without it), format=text or json, file=NAME of a folder"
	maxTop   = 1000
	exitArgs = 64
	exitRead = 74

	// The size of a read: a node reads whole blocks anyway.
	bufferBytes = 64 << 10
)

// errArguments is wrapped by everything that the caller can mend.
var errArguments = errors.New("wordcount")

type request struct {
	top  int
	json bool
	file string
}

func parse(arguments []string) (request, error) {
	asked := request{top: 10}
	for _, argument := range arguments {
		name, value, _ := strings.Cut(argument, "=")
		top, err := strconv.Atoi(value)
		switch {
		case name == "top" && err == nil && top >= 0 && top <= maxTop:
			asked.top = top
		case name == "format" && (value == "text" || value == "json"):
			asked.json = value == "json"
		case name == "file" && filepath.IsLocal(value):
			asked.file = value
		default:
			return asked, fmt.Errorf("%w: %q is not understood: %s", errArguments, argument, usage)
		}
	}
	return asked, nil
}

// readAll counts the input, whatever it is.
func readAll(asked request, text *counter) error {
	root := filepath.Join(data, asked.file)
	info, err := os.Stat(root)
	switch {
	// EBADF: no folder of that name was given to this function.
	case asked.file == "" && (errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.EBADF)):
		return readFrom(os.Stdin, text)
	case asked.file != "" && err != nil:
		return fmt.Errorf("%w: there is no file=%s in the input", errArguments, asked.file)
	case err != nil:
		return err
	case !info.IsDir():
		return readFile(root, text)
	}
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		return readFile(path, text)
	})
}

func readFile(path string, text *counter) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	return readFrom(file, text)
}

func readFrom(in io.Reader, text *counter) error {
	buffer := make([]byte, bufferBytes)
	for {
		n, err := in.Read(buffer)
		text.add(buffer[:n])
		if err == io.EOF {
			text.endWord()
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func run(arguments []string) error {
	asked, err := parse(arguments)
	if err != nil {
		return err
	}
	text := newCounter(asked.top > 0)
	if err := readAll(asked, text); err != nil {
		return err
	}
	if text.words.error > 0 {
		fmt.Fprintf(os.Stderr,
			"wordcount: more than %d different words: counts may be too low by up to %d\n",
			maxWords, text.words.error)
	}
	out := bufio.NewWriter(os.Stdout)
	if asked.json {
		writeJSON(out, text, text.words.top(asked.top))
	} else {
		writeText(out, text, text.words.top(asked.top))
	}
	return out.Flush()
}

func main() {
	err := run(os.Args[1:])
	switch {
	case err == nil:
	case errors.Is(err, errArguments):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitArgs)
	default:
		fmt.Fprintln(os.Stderr, "wordcount:", err)
		os.Exit(exitRead)
	}
}
