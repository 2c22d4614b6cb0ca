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

// rounds limits how often wide lines are broken. Formatting aligns neighbouring lines, which can
// make them too wide again.
const rounds = 4

// Source formats the source of a Go file and breaks its wide lines. Large source is formatted in
// parts. The error is that of [format.Source], for source that does not parse.
func Source(source []byte) ([]byte, error) {
	if len(source) <= partSize {
		return whole(source, format.Source)
	}
	out := make([]byte, 0, len(source)+len(source)/4)
	formatPart := format.Source // the first part has the package clause
	for part := range parts(source) {
		formatted, err := whole(part, formatPart)
		if err != nil {
			return whole(source, format.Source) // whose error has the right lines
		}
		formatted = bytes.Trim(formatted, "\n")
		if len(out) > 0 && len(formatted) > 0 {
			out = append(out, "\n\n"...)
		}
		out = append(out, formatted...)
		formatPart = formatDeclaration
	}
	return append(out, '\n'), nil
}

// whole formats source, and breaks its wide lines.
func whole(source []byte, format func([]byte) ([]byte, error)) ([]byte, error) {
	out, err := format(source)
	if err != nil {
		return nil, err
	}
	for range rounds {
		if !anyWide(out) {
			break
		}
		broken, changed, err := breakLines(string(out))
		if err != nil {
			return nil, err
		}
		if !changed {
			break
		}
		out = broken
	}
	return out, nil
}

// breakLines breaks the wide lines of formatted source. The result is formatted; changed reports
// whether it differs from the source.
func breakLines(source string) (out []byte, changed bool, err error) {
	lines := scan(source)
	splitColumns(lines)
	var all bytes.Buffer
	var d declaration
	for i, l := range lines {
		if l.blankBefore {
			d.write("")
			d.unaligned = true
		}
		if pieces := l.layOut(); len(pieces) == 1 {
			d.write(l.text)
		} else {
			d.broken(pieces)
		}
		changed = changed || d.unaligned || d.changed
		if i+1 == len(lines) || l.text == "" && lines[i+1].beginsDeclaration() {
			if err := d.flush(&all, i+1 == len(lines)); err != nil {
				return nil, false, err
			}
		}
	}
	return all.Bytes(), changed, nil
}

// A declaration collects the lines of a declaration at the top of a file.
type declaration struct {
	text      bytes.Buffer
	changed   bool // some line is broken
	unaligned bool // it has to be formatted, because gofmt aligns lines around a broken one
}

func (d *declaration) write(line string) {
	d.text.WriteString(line)
	d.text.WriteByte('\n')
}

// broken writes the pieces of a broken line. Pieces of signatures, calls and assignments have the
// form of gofmt. Elements and operands can be aligned with their neighbours.
func (d *declaration) broken(pieces []string) {
	last := pieces[len(pieces)-1]
	d.unaligned = d.unaligned || strings.HasSuffix(last, ",") || !strings.HasSuffix(last, "{") && !statement(last)
	for i, p := range pieces {
		if i < len(pieces)-1 && (strings.HasSuffix(p, "{") || strings.HasSuffix(p, "+")) {
			d.unaligned = true
		}
		d.write(p)
	}
	d.changed = true
}

// statement reports whether a piece ends a call or a signature.
func statement(last string) bool {
	return strings.HasPrefix(strings.TrimLeft(last, "\t"), ")")
}

// flush appends the declaration to a file, and resets it.
func (d *declaration) flush(file *bytes.Buffer, last bool) error {
	text := d.text.Bytes()
	if last { // the newline that split added
		text = text[:len(text)-1]
	}
	if d.unaligned {
		formatted, err := formatDeclaration(text)
		if err != nil {
			return err
		}
		text = formatted
	}
	file.Write(text)
	*d = declaration{}
	return nil
}

// formatDeclaration formats a declaration with its comment. format.Source takes fragments too, but
// damages a comment at their beginning.
func formatDeclaration(text []byte) ([]byte, error) {
	const clause = "package p\n\n"
	blank := text[len(bytes.TrimRight(text, "\n")):]
	formatted, err := format.Source(append([]byte(clause), text...))
	if err != nil {
		return nil, err
	}
	formatted = bytes.TrimRight(bytes.TrimPrefix(formatted, []byte(clause)), "\n")
	return append(formatted, blank...), nil
}

func anyWide(source []byte) bool {
	for line := range bytes.Lines(source) {
		if len(line) > Width/tabWidth && wideLine(line) {
			return true
		}
	}
	return false
}

func wideLine(line []byte) bool {
	tabs := bytes.Count(line, []byte("\t"))
	return len(line)+(tabWidth-1)*tabs > Width && width(string(line)) > Width
}

// width returns the number of columns of a line.
func width(line string) int {
	line = strings.TrimSuffix(line, "\n")
	return utf8.RuneCountInString(line) + (tabWidth-1)*strings.Count(line, "\t")
}
