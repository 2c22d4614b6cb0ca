package layout

import (
	"bytes"
	"go/format"
	"strings"
	"unicode/utf8"
)

// Width is the largest number of columns of a line. A tab counts as [tabWidth].
const Width = 120

const tabWidth = 4

// rounds limits how often the source is broken and formatted again. Formatting aligns neighbouring
// lines, which can make them too wide once more; two rounds are enough for all documents known.
const rounds = 4

// Source formats the source of a Go file and breaks its wide lines. The error is that of
// [format.Source], for source that does not parse.
func Source(source []byte) ([]byte, error) {
	out, err := format.Source(source)
	if err != nil {
		return nil, err
	}
	for range rounds {
		broken := breakLines(out)
		if bytes.Equal(broken, out) {
			break
		}
		if out, err = format.Source(broken); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// breakLines returns source with its wide lines broken. It returns source itself if there are none.
func breakLines(source []byte) []byte {
	if !anyWide(source) {
		return source
	}
	lines := scan(source)
	splitColumns(lines)
	var out bytes.Buffer
	for _, l := range lines {
		if l.blankBefore {
			out.WriteByte('\n')
		}
		if l.continued || width(l.text) <= Width {
			out.WriteString(l.text)
			out.WriteByte('\n')
			continue
		}
		for _, piece := range l.broken() {
			out.WriteString(piece)
			out.WriteByte('\n')
		}
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n"))
}

func anyWide(source []byte) bool {
	for line := range bytes.Lines(source) {
		if len(line) > Width/tabWidth && width(string(line)) > Width {
			return true
		}
	}
	return false
}

// width returns the number of columns of a line.
func width(line string) int {
	line = strings.TrimSuffix(line, "\n")
	return utf8.RuneCountInString(line) + (tabWidth-1)*strings.Count(line, "\t")
}
