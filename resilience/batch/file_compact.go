package batch

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// compact rewrites the file with one line per item. If that fails before the new file has taken the
// place of the old one, the old one stays in use.
func (f *File) compact() error {
	old := f.file
	if err := f.rewrite(); err != nil {
		if f.inUse(old) { // the old file is complete; try again later
			f.opts.CompactAfter *= 2
			return nil
		}
		f.broken = f.errorf(err)
		return f.broken
	}
	return old.Close()
}

// inUse reports whether a file is still the one with the name of the journal.
func (f *File) inUse(file *os.File) bool {
	of, err1 := file.Stat()
	at, err2 := os.Lstat(f.path)
	return err1 == nil && err2 == nil && os.SameFile(of, at)
}

// rewrite writes a new file from the records and opens it.
func (f *File) rewrite() error {
	if err := replaceFile(f.path, f.dump); err != nil {
		return err
	}
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	info, err := file.Stat()
	if err != nil {
		return err
	}
	f.file, f.size, f.lines = file, info.Size(), len(f.order)+1
	return nil
}

// dump writes the header and all records.
func (f *File) dump(w io.Writer) error {
	b := bufio.NewWriter(w)
	_, _ = b.Write(encode(f.head))
	for i, key := range f.order {
		_, _ = b.Write(lineOf(i+2, key, f.records[key]).encode())
	}
	return b.Flush()
}

// removeLeftovers removes the temporary files of processes that were killed while they rewrote the
// journal. The lock must be held, so that no process is writing one. Files with other content are
// not removed.
func (f *File) removeLeftovers() {
	dir, base := filepath.Split(f.path)
	entries, _ := os.ReadDir(filepath.Clean(dir)) // a folder that cannot be read has none to remove
	for _, e := range entries {
		number, ok := strings.CutPrefix(e.Name(), temporaryPrefix(base))
		if !ok || !e.Type().IsRegular() || strings.Trim(number, "0123456789") != "" {
			continue
		}
		if path := filepath.Join(dir, e.Name()); isPartOfJournal(path) {
			_ = os.Remove(path)
		}
	}
}

// isPartOfJournal reports whether a file is the beginning of a journal, or empty.
func isPartOfJournal(path string) bool {
	file, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = file.Close() }()
	const mark = `{"format":"` + formatName + `"`
	data := make([]byte, sumLength+len(mark))
	n, err := io.ReadFull(file, data)
	return n == 0 && err == io.EOF || n == len(data) && bytes.Equal(data[sumLength:], []byte(mark))
}
