package batch_test

import (
	"bytes"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/batch"
)

// Each case changes the bytes of a journal.
func TestFile_Damaged(t *testing.T) {
	replace := func(old, now string) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(now), 1) }
	}
	lines := func(f func([][]byte) [][]byte) func([]byte) []byte {
		return func(b []byte) []byte { return bytes.Join(f(bytes.SplitAfter(b, []byte("\n"))), nil) }
	}
	for name, c := range map[string]struct {
		change func([]byte) []byte
		job    batch.Job
		want   string // of the error
		note   string
	}{
		"intact":          {func(b []byte) []byte { return b }, demoJob, "", ""},
		"incomplete line": {func(b []byte) []byte { return append(b, "0123"...) }, demoJob, "", "4 bytes were removed"},
		"zeros":           {func(b []byte) []byte { return append(b, 0, 0, 0) }, demoJob, "", "3 bytes were removed"},
		"one bit in a key": {replace("begun", "begum"), demoJob,
			"line 4 is damaged: its checksum does not match; nothing was changed", ""},
		"the last line": {replace(`"later","result"`, `"lated","result"`), demoJob, "line 12 is damaged", ""},
		"no checksum": {func(b []byte) []byte { return append(b, "hello\n"...) }, demoJob,
			"line 13 is damaged: it has no checksum", ""},
		"a line is missing": {lines(func(l [][]byte) [][]byte { return slices.Delete(l, 2, 3) }), demoJob,
			"line 3 has the number 4", ""},
		"a line is doubled": {lines(func(l [][]byte) [][]byte { return slices.Insert(l, 2, l[1]) }), demoJob,
			"line 3 has the number 2", ""},
		"header": {replace(`"demo"`, `"demi"`), demoJob, "line 1 is damaged", ""},
		"other file": {func([]byte) []byte { return []byte("a,b\nc,d\n") }, demoJob,
			"is not a journal; choose another name", ""},
		"other file without lines": {func([]byte) []byte { return []byte("a") }, demoJob, "is not a journal", ""},
		"other job": {func(b []byte) []byte { return b }, batch.Job{Name: "x", Input: "1"},
			`belongs to the job "demo", not to "x"; choose another name`, ""},
		"other input": {func(b []byte) []byte { return b }, batch.Job{Name: "demo", Input: "2"},
			"belongs to other input (1, not 2)", ""},
	} {
		path := filepath.Join(t.TempDir(), "journal")
		f, _ := opened(t, path, batch.FileOptions{})
		fill(t, f)
		closed(t, f)
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		data = c.change(data)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		f = batch.NewFile(path, batch.FileOptions{})
		records, err := f.Open(t.Context(), c.job)
		if c.want == "" && err == nil {
			expectRecords(t, records)
			notes := strings.Join(f.Notes(), "|")
			if (notes == "") != (c.note == "") || !strings.Contains(notes, c.note) {
				t.Errorf("%s: notes %q, want %q", name, notes, c.note)
			}
			finish(t, f, "begun", batch.Result{Outcome: batch.Done})
			closed(t, f)
			f, _ = opened(t, path, batch.FileOptions{})
			closed(t, f)
			continue
		}
		if err == nil || c.want == "" || !strings.HasPrefix(err.Error(), "batch: journal "+path+": "+c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
		if after, _ := os.ReadFile(path); !bytes.Equal(after, data) {
			t.Errorf("%s: the file was changed", name)
		}
	}
}

func TestFile_OtherVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	text := `{"format":"resgen-journal","version":2,"job":"demo","input":"1"}`
	text = fmt.Sprintf("%08x %s\n", crc32.Checksum([]byte(text), crc32.MakeTable(crc32.Castagnoli)), text)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := batch.NewFile(path, batch.FileOptions{}).Open(t.Context(), demoJob)
	if err == nil || !strings.Contains(err.Error(), "has version 2 of the format, want 1") {
		t.Error(err)
	}
}

func TestFile_OtherThings(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "empty"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("empty", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"empty": "", "link": "is not a regular file", "no/journal": "no such file or directory",
		".": "is not a regular file",
	} {
		f := batch.NewFile(filepath.Join(dir, name), batch.FileOptions{})
		_, err := f.Open(t.Context(), demoJob)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
		_ = f.Close()
	}
}
