package main

import (
	"bytes"
	"unicode"
)

// maxWordBytes is the longest word that is ranked; longer ones are counted only.
const maxWordBytes = 64

// counter takes a text in pieces of any size. Words are what stands between blanks, as wc has it.
type counter struct {
	lines, all, bytes int64

	ranked bool
	words  *ranking

	inWord bool
	// The word so far when a piece ended inside it, at most one byte more than is ranked.
	begun []byte
}

func newCounter(ranked bool) *counter {
	return &counter{ranked: ranked, words: newRanking(), begun: make([]byte, 0, maxWordBytes+1)}
}

var blank = [256]bool{' ': true, '\t': true, '\n': true, '\v': true, '\f': true, '\r': true}

func (c *counter) add(piece []byte) {
	c.bytes += int64(len(piece))
	c.lines += int64(bytes.Count(piece, []byte{'\n'}))
	at := 0
	for at < len(piece) {
		start := at
		if blank[piece[at]] {
			c.endWord()
			for at < len(piece) && blank[piece[at]] {
				at++
			}
			continue
		}
		for at < len(piece) && !blank[piece[at]] {
			at++
		}
		c.addWord(piece[start:at], at < len(piece))
	}
}

// addWord takes a word or, at the edge of a piece, a part of one.
func (c *counter) addWord(part []byte, ends bool) {
	if !c.inWord && ends {
		c.all++
		c.rank(part)
		return
	}
	c.inWord = true
	c.begun = append(c.begun, part[:min(len(part), cap(c.begun)-len(c.begun))]...)
	if ends {
		c.endWord()
	}
}

func (c *counter) endWord() {
	if c.inWord {
		c.all++
		c.rank(c.begun)
		c.inWord = false
		c.begun = c.begun[:0]
	}
}

// rank counts the word itself: without the punctuation around it, in lower case.
func (c *counter) rank(word []byte) {
	if !c.ranked || len(word) > maxWordBytes {
		return
	}
	var lower [maxWordBytes]byte
	from, to := 0, 0
	for i, b := range word {
		switch {
		case b >= 0x80:
			c.rankUnicode(word)
			return
		case 'A' <= b && b <= 'Z':
			b += 'a' - 'A'
		}
		lower[i] = b
		if 'a' <= b && b <= 'z' || '0' <= b && b <= '9' {
			if to == 0 {
				from = i
			}
			to = i + 1
		}
	}
	if to > 0 {
		c.words.add(lower[from:to])
	}
}

func (c *counter) rankUnicode(word []byte) {
	word = bytes.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
	if word = bytes.ToLower(word); len(word) > 0 && len(word) <= maxWordBytes {
		c.words.add(word)
	}
}
