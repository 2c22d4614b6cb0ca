package batch

import (
	"bufio"
	"io"
	"os"
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
