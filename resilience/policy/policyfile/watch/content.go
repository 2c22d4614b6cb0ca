package watch

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/resgen/resgen/resilience/diag"
)

// mostBytes is the size above which a file is refused.
const mostBytes = 4 << 20

// A content is what a file contained when it was read.
type content struct {
	text    string
	refusal diag.Diagnostic // why the file cannot be used; zero: it can
}

// err returns why the content cannot be used, or nil.
func (c content) err() error {
	if c.refusal == (diag.Diagnostic{}) {
		return nil
	}
	return diag.List{c.refusal}
}

// read reads a file.
func read(path string) content {
	text, what, cure := load(path)
	if what == "" {
		return content{text: text}
	}
	return content{refusal: diag.Diagnostic{
		Pos: diag.Position{File: path}, Code: "unreadable", Subject: "configuration", What: what, Cure: cure,
	}}
}

// load returns the text of a file, or what is wrong with the file and what to do about it.
func load(path string) (text, what, cure string) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", "the file does not exist", "create it"
	case err != nil:
		return "", reason(err), ""
	case !info.Mode().IsRegular():
		return "", "it is not a regular file", "name a file"
	}
	f, err := os.Open(path)
	if err != nil {
		return "", reason(err), ""
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, mostBytes+1))
	switch {
	case err != nil:
		return "", reason(err), ""
	case len(data) > mostBytes:
		return "", fmt.Sprintf("the file has more than %d bytes", mostBytes), "name a configuration file"
	case len(data) == 0:
		return "", "the file is empty", `write "apis: {}" to restore the generated policies`
	}
	return string(data), "", ""
}

// reason returns an error without the path, which the position has.
func reason(err error) string {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err.Error()
	}
	return err.Error()
}
