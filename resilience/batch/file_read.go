package batch

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
)

// load reads the file and opens it for writing. A last line without an end was never acknowledged:
// it is removed. Any other damage is an error, and the file is not changed.
func (f *File) load(job Job) (err error) {
	file, err := os.OpenFile(f.path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = file.Close()
		}
	}()
	size, torn, err := f.readAll(file, job)
	if err != nil {
		return err
	}
	if torn > 0 {
		f.notes = append(f.notes, fmt.Sprintf(
			"the last line was incomplete, because a process ended while it wrote; %d bytes were removed", torn))
		if err := errors.Join(file.Truncate(size), file.Sync()); err != nil {
			return err
		}
	}
	f.file, f.size = file, size
	return nil
}

// readAll reads all lines. It returns the size of the complete lines, and of what follows them.
func (f *File) readAll(r io.Reader, job Job) (size, torn int64, err error) {
	reader := bufio.NewReaderSize(r, 1<<16)
	for f.lines = 0; ; f.lines++ {
		data, err := reader.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			if f.lines == 0 {
				return 0, 0, errForeign
			}
			return size, int64(len(data)), nil
		}
		if err != nil {
			return 0, 0, err
		}
		if err := f.readLine(bytes.TrimSuffix(data, []byte("\n")), f.lines+1, job); err != nil {
			return 0, 0, err
		}
		size += int64(len(data))
	}
}

var errForeign = errors.New("is not a journal; choose another name")

// readLine applies a line.
func (f *File) readLine(data []byte, number int, job Job) error {
	if number == 1 {
		return readHeader(data, job)
	}
	var l line
	if err := decode(data, &l); err != nil {
		return fmt.Errorf("line %d is damaged: %w; nothing was changed. Restore the file from a copy, "+
			"or find out what happened to the items and begin with a new journal", number, err)
	}
	if l.Number != number {
		return fmt.Errorf("line %d has the number %d, so that lines are missing or doubled; nothing was changed. "+
			"Restore the file from a copy", number, l.Number)
	}
	f.set(l.Key, l.apply(f.records[l.Key]))
	return nil
}

// readHeader checks that the journal belongs to the job.
func readHeader(data []byte, job Job) error {
	var h header
	err := decode(data, &h)
	switch {
	case err != nil && bytes.Contains(data, []byte(`"format":"`+formatName+`"`)):
		return fmt.Errorf("line 1 is damaged: %w; nothing was changed. Restore the file from a copy", err)
	case err != nil || h.Format != formatName:
		return errForeign
	case h.Version != formatVersion:
		return fmt.Errorf("has version %d of the format, want %d; use the program that wrote it", h.Version,
			formatVersion)
	case h.Job != job.Name:
		return fmt.Errorf("belongs to the job %q, not to %q; choose another name", h.Job, job.Name)
	case h.Input != job.Input:
		return fmt.Errorf("belongs to other input (%s, not %s); "+
			"choose another name, or remove the file if that job is finished", h.Input, job.Input)
	}
	return nil
}
