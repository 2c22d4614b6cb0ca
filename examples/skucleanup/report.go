package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/resgen/resgen/resilience"
)

// An outcome is the result for one SKU.
type outcome string

const (
	deleted  outcome = "deleted"   // the listing is gone, which a 404 shows too
	kept     outcome = "kept"      // in stock at Amazon
	refused  outcome = "refused"   // 200 with status INVALID
	failed   outcome = "failed"    // a permanent error, or every attempt failed before anything was done
	notTried outcome = "not_tried" // the circuit stayed open, sign-in failed, interrupted, or without --yes
	unknown  outcome = "unknown"   // the stock is unknown, or the response to the deletion was lost
)

// outcomes lists all outcomes in the order of the summary.
var outcomes = []struct {
	outcome outcome
	words   string
}{
	{deleted, "listing deleted"},
	{kept, "in stock, kept"},
	{refused, "refused by the API (status INVALID)"},
	{failed, "failed permanently"},
	{notTried, "not tried"},
	{unknown, "unknown"},
}

// An item is the row of one SKU in the report.
type item struct {
	SKU       string  `json:"sku"`
	Outcome   outcome `json:"outcome"`
	Attempts  int     `json:"attempts"`   // requests sent to delete it
	Status    int     `json:"status"`     // HTTP status of the last response, 0 if there was none
	RequestID string  `json:"request_id"` // of that response, for Amazon's support
	Reason    string  `json:"reason,omitempty"`
	Earlier   bool    `json:"earlier,omitempty"`        // an earlier run has deleted it
	Store     string  `json:"marketplace_id,omitempty"` // set if there are several

	maybe bool // a request to delete it may have been applied
	again bool // it is worth another pass
}

// record adds the requests that a call has written, and its response.
func (it *item) record(info resilience.Info) {
	for _, a := range info.Attempts {
		it.Attempts += a.Writes
	}
	if info.Status != 0 {
		it.Status, it.RequestID = info.Status, info.RequestID
	}
}

// complete reports whether every SKU is deleted or kept.
func complete(items []item) bool {
	for _, it := range items {
		if it.Outcome != deleted && it.Outcome != kept {
			return false
		}
	}
	return true
}

// printSummary prints the number of SKUs for each outcome, and the reasons of those that need
// attention.
func printSummary(w io.Writer, items []item) {
	count := map[outcome]int{}
	for _, it := range items {
		count[it.Outcome]++
	}
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, o := range outcomes {
		fmt.Fprintf(table, "%d\t  %s\t\n", count[o.outcome], o.words)
	}
	fmt.Fprintf(table, "%d\t  total\t\n", len(items))
	_ = table.Flush()
	printReasons(w, items, 10)
}

func printReasons(w io.Writer, items []item, most int) {
	shown := 0
	for _, it := range items {
		if it.Reason == "" {
			continue
		}
		if shown++; shown > most {
			continue
		}
		fmt.Fprintf(w, "  %q %s: %s\n", it.SKU, it.Outcome, it.Reason)
	}
	if shown > most {
		fmt.Fprintf(w, "  and %d more; --report FILE lists all\n", shown-most)
	}
}

// A report is the file that the items are written to at the end. It is written to a temporary file,
// which replaces an earlier report when it is complete. The temporary file is created before the
// first delete, so that a path that cannot be written ends the run before anything is deleted.
type report struct {
	path string
	file *os.File // temporary, in the same folder, readable by its owner only
}

// openReport creates the file. With an empty path, the report is discarded.
func openReport(path string) (*report, error) {
	if path == "" {
		return &report{}, nil
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("report %s: not a regular file; choose another name", path)
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*")
	if err != nil {
		return nil, fmt.Errorf("report %s: %w", path, unwrapPath(err))
	}
	return &report{path, file}, nil
}

// write completes the report.
func (r *report) write(items []item) error {
	if r.file == nil {
		return nil
	}
	encoder := json.NewEncoder(r.file)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(struct {
		Items []item `json:"items"`
	}{items})
	if err = errors.Join(err, r.file.Sync(), r.file.Close()); err == nil {
		err = os.Rename(r.file.Name(), r.path)
	}
	if err != nil {
		return fmt.Errorf("report %s: %w", r.path, unwrapPath(err))
	}
	r.file = nil
	return nil
}

// discard removes the temporary file of a report that was not completed.
func (r *report) discard() {
	if r.file != nil {
		_ = r.file.Close()
		_ = os.Remove(r.file.Name())
	}
}
