package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resgen/resgen/resilience/batch"
)

// A report appears when it is complete, readable by its owner only, and never through a link.
func TestReport_IsReplacedWhenComplete(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "report"), filepath.Join(dir, "link")
	if err := os.WriteFile(path, []byte("old"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{link, dir} {
		if _, err := openReport(bad); err == nil || !strings.Contains(err.Error(), "not a regular file") {
			t.Errorf("%s: %v", bad, err)
		}
	}
	for _, complete := range []bool{false, true} {
		r, err := openReport(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(path); err != nil || string(got) != "old" {
			t.Errorf("before the end: %q, %v", got, err)
		}
		if complete {
			if err := r.write(nil); err != nil {
				t.Fatal(err)
			}
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) != 2 {
			t.Errorf("complete %t: left %v, %v", complete, left, err)
		}
	}
	got, err := os.ReadFile(path)
	info, _ := os.Stat(path)
	if err != nil || !strings.Contains(string(got), `"items"`) || info.Mode() != 0o600 {
		t.Errorf("%q with mode %v, %v", got, info.Mode(), err)
	}
}

func TestPrintSummary(t *testing.T) {
	var b bytes.Buffer
	printSummary(&b, []item{{SKU: "a", Outcome: deleted}, {SKU: "b", Outcome: unknown, Reason: "lost"},
		{SKU: "c", Outcome: deleted}})
	for _, want := range []string{"2 listing deleted", "0 in stock, kept", "1 unknown", "3 total",
		`"b" unknown: lost`} {
		if !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("%q lacks %q", b.String(), want)
		}
	}
}

// Text of the API reaches the terminal in one line and without control characters.
func TestPrintSummary_Reasons(t *testing.T) {
	items := []item{{SKU: "z", Outcome: notTried, Reason: "interrupted"}}
	for i := range 12 {
		items = append(items, item{SKU: string(rune('a' + i)), Outcome: failed, Reason: "bad\x1b[2J"})
	}
	var b bytes.Buffer
	printSummary(&b, items)
	if strings.Contains(b.String(), "\x1b") || !strings.Contains(b.String(), `"j" failed: bad\x1b[2J`) ||
		strings.Contains(b.String(), `"k"`) ||
		strings.Contains(b.String(), `"z"`) || !strings.Contains(b.String(), "and 2 more; --report FILE lists all") {
		t.Errorf("got\n%s", &b)
	}
}

func TestReport_CSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.CSV")
	r, err := openReport(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.write([]item{
		{SKU: "a,\"b\"", Outcome: deleted, Attempts: 2, Status: 200, RequestID: "q", Earlier: true},
		{SKU: "c", Outcome: failed, Reason: "bad", Store: "M"},
	}); err != nil {
		t.Fatal(err)
	}
	want := "sku,outcome,attempts,status,request_id,reason,earlier,marketplace_id\n" +
		"\"a,\"\"b\"\"\",deleted,2,200,q,,true,\n" + "c,failed,0,0,,bad,false,M\n"
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("%v, got\n%s\nwant\n%s", err, got, want)
	}
}

// A report that cannot be written leaves nothing behind.
func TestReport_Fails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "report")
	r, err := openReport(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := r.write(nil); err == nil || !strings.HasPrefix(err.Error(), "report "+path+": ") {
		t.Errorf("got %v", err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

func TestItemOf(t *testing.T) {
	row := func(o batch.Outcome, reason string) batch.Item {
		return batch.Item{Result: batch.Result{Outcome: o, Reason: reason, Requests: 2, Status: 503, RequestID: "q"}}
	}
	for _, c := range []struct {
		from     batch.Item
		stopped  string
		doubtful bool
		outcome  outcome
		reason   string
	}{
		{row(batch.Done, "x"), "", true, deleted, ""},
		{row(batch.AlreadySo, "x"), "interrupted", false, kept, ""},
		{row(batch.Refused, "no"), "interrupted", true, refused, "no"},
		{row(batch.Failed, "no"), "", false, failed, "no"},
		{row(batch.RetryLater, "no"), "interrupted", false, retryLater, "no"},
		{row(batch.RetryLater, "no"), "", true, unknown, "no; the listing still exists"},
		{row(batch.RetryLater, ""), "", true, unknown, "the listing still exists"},
		{row(batch.Unknown, "no"), "", true, unknown, "no"},
		{row(batch.NotTried, "no"), "", false, notTried, "no"},
		{row(batch.NotTried, "no"), "interrupted", false, notTried, "interrupted"},
		{row(batch.NotTried, "no"), "interrupted", true, unknown, "no; the listing still exists"},
	} {
		want := item{SKU: "a", Outcome: c.outcome, Reason: c.reason, Attempts: 2, Status: 503, RequestID: "q"}
		if got := itemOf("a", c.from, c.stopped, c.doubtful); got != want {
			t.Errorf("%+v: got %+v, want %+v", c, got, want)
		}
	}
}
