package layout

import (
	"bytes"
	"go/scanner"
	"go/token"
	"iter"
)

// partSize is the size of source above which it is formatted in parts. The syntax tree of source
// takes many times the memory of its text.
const partSize = 1 << 16

// parts cuts source between declarations, where a blank line is, into parts that are not much
// larger than partSize if no declaration is. A part has the comments before its declarations.
func parts(source []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		from := 0
		for end := range ends(source) {
			if end-from >= partSize && bytes.HasPrefix(source[end:], []byte("\n\n")) &&
				len(bytes.TrimSpace(source[end:])) > 0 {
				if !yield(source[from:end]) {
					return
				}
				from = end
			}
		}
		yield(source[from:])
	}
}

// ends returns the offsets at which a declaration at the top of a file ends.
func ends(source []byte) iter.Seq[int] {
	return func(yield func(int) bool) {
		set := token.NewFileSet()
		file := set.AddFile("", set.Base(), len(source))
		var s scanner.Scanner
		s.Init(file, source, nil, 0)
		depth := 0
		for {
			pos, kind, _ := s.Scan()
			depth += nesting(kind)
			switch {
			case kind == token.EOF, kind == token.SEMICOLON && depth == 0 && !yield(file.Offset(pos)):
				return
			}
		}
	}
}
