package main

import (
	"bufio"
	"fmt"
	"unicode/utf8"
)

func writeText(out *bufio.Writer, text *counter, top []counted) {
	fmt.Fprintf(out, "lines %d\nwords %d\nbytes %d\n", text.lines, text.all, text.bytes)
	for i, word := range top {
		if i == 0 {
			out.WriteByte('\n')
		}
		fmt.Fprintf(out, "%7d %s\n", word.count, word.word)
	}
}

func writeJSON(out *bufio.Writer, text *counter, top []counted) {
	fmt.Fprintf(out, `{"lines":%d,"words":%d,"bytes":%d,"error":%d,"top":[`,
		text.lines, text.all, text.bytes, text.words.error)
	for i, word := range top {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(`{"word":`)
		writeString(out, word.word)
		fmt.Fprintf(out, `,"count":%d}`, word.count)
	}
	out.WriteString("]}\n")
}

// writeString writes a JSON string; encoding/json for this alone would make the module a third larger.
func writeString(out *bufio.Writer, text string) {
	out.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			out.WriteByte('\\')
			out.WriteByte(byte(r))
		case r < 0x20 || r == utf8.RuneError:
			fmt.Fprintf(out, `\u%04x`, r)
		default:
			out.WriteRune(r)
		}
	}
	out.WriteByte('"')
}
