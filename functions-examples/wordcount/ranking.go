package main

import (
	"bytes"
	"cmp"
	"slices"
)

// maxWords is how many different words are kept: with their text about 8 MiB.
const maxWords = 1 << 16

// ranking counts words in bounded memory (Misra and Gries, in batches).
//
// Up to maxWords different words all counts are exact. When one more comes, the median of all counts
// is taken off each, and what falls to zero is forgotten: at least half. So a count is too low by at
// most error, the sum of those medians, and every word with more occurrences than that is there.
type ranking struct {
	entries []entry
	// Index into entries + 1; 0 is free. Open addressing, at most half full.
	slots []int32
	text  []byte
	error int64
}

type entry struct {
	hash   uint32
	offset int32
	length int32
	count  int64
}

func newRanking() *ranking {
	return &ranking{slots: make([]int32, 2*maxWords)}
}

func (r *ranking) word(e entry) []byte {
	return r.text[e.offset : e.offset+e.length]
}

func (r *ranking) add(word []byte) {
	hash := uint32(2166136261) // FNV-1a
	for _, b := range word {
		hash = (hash ^ uint32(b)) * 16777619
	}
	slot := r.find(hash, word)
	if r.slots[slot] != 0 {
		r.entries[r.slots[slot]-1].count++
		return
	}
	if len(r.entries) == maxWords {
		r.forget()
		slot = r.find(hash, word)
	}
	r.insert(slot, entry{hash: hash, count: 1}, word)
}

// find gives the slot of the word, or the free one where it goes.
func (r *ranking) find(hash uint32, word []byte) uint32 {
	mask := uint32(len(r.slots) - 1)
	for slot := (hash ^ hash>>15) & mask; ; slot = (slot + 1) & mask {
		index := r.slots[slot]
		if index == 0 {
			return slot
		}
		if e := r.entries[index-1]; e.hash == hash && bytes.Equal(r.word(e), word) {
			return slot
		}
	}
}

func (r *ranking) insert(slot uint32, e entry, word []byte) {
	e.offset, e.length = int32(len(r.text)), int32(len(word))
	r.text = append(r.text, word...)
	r.entries = append(r.entries, e)
	r.slots[slot] = int32(len(r.entries))
}

func (r *ranking) forget() {
	counts := make([]int64, len(r.entries))
	for i, e := range r.entries {
		counts[i] = e.count
	}
	slices.Sort(counts)
	median := counts[len(counts)/2]
	r.error += median
	old := *r
	r.entries, r.text = make([]entry, 0, maxWords), make([]byte, 0, len(old.text))
	clear(r.slots)
	for _, e := range old.entries {
		if e.count > median {
			word := old.word(e)
			r.insert(r.find(e.hash, word), entry{hash: e.hash, count: e.count - median}, word)
		}
	}
}

type counted struct {
	word  string
	count int64
}

// top gives the n most frequent words; equal ones in the order of their bytes.
func (r *ranking) top(n int) []counted {
	order := func(a, b entry) int {
		return cmp.Or(cmp.Compare(b.count, a.count), bytes.Compare(r.word(a), r.word(b)))
	}
	entries := slices.Clone(r.entries)
	slices.SortFunc(entries, order)
	var top []counted
	for _, e := range entries[:min(n, len(entries))] {
		top = append(top, counted{string(r.word(e)), e.count})
	}
	return top
}
