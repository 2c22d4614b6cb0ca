package main

import (
	"bufio"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/resgen/resgen/resilience/batch"
	"github.com/resgen/resgen/resilience/diag"
)

// An outcome is the result for one SKU.
type outcome string

const (
	deleted    outcome = "deleted"     // the listing is gone, which a 404 shows too
	kept       outcome = "kept"        // in stock, at Amazon or at the seller's
	refused    outcome = "refused"     // 200 with status INVALID
	failed     outcome = "failed"      // a permanent error
	retryLater outcome = "retry_later" // every attempt failed before anything was done
	notTried   outcome = "not_tried"   // the circuit stayed open, sign-in failed, interrupted, or without --yes
	unknown    outcome = "unknown"     // the stock is unknown, or whether the listing was deleted
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
	{retryLater, "failed for now"},
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
}

// itemOf returns the row of a SKU. stopped says why the run ended early. A SKU is doubtful if its
// listing may have been deleted and still existed afterwards.
func itemOf(sku string, from batch.Item, stopped string, doubtful bool) item {
	it := item{
		SKU: sku, Outcome: outcomeOf(from), Attempts: from.Requests, Status: from.Status, RequestID: from.RequestID,
		Reason: from.Reason, Earlier: from.Earlier,
	}
	switch {
	case doubtful && (it.Outcome == retryLater || it.Outcome == notTried):
		it.Outcome = unknown
		it.Reason = strings.TrimPrefix(it.Reason+"; the listing still exists", "; ")
	case it.Outcome == notTried && stopped != "":
		it.Reason = stopped
	case from.Outcome.OK():
		it.Reason = ""
	}
	return it
}

// outcomeOf returns the outcome of a row of a batch.
func outcomeOf(it batch.Item) outcome {
	switch it.Outcome {
	case batch.Done:
		return deleted
	case batch.AlreadySo:
		return kept
	case batch.Refused:
		return refused
	case batch.Failed:
		return failed
	case batch.RetryLater:
		return retryLater
	case batch.Unknown:
		return unknown
	}
	return notTried
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
	for _, o := range outcomes {
		fmt.Fprintf(w, "%7d  %s\n", count[o.outcome], o.words)
	}
	fmt.Fprintf(w, "%7d  total\n", len(items))
	printReasons(w, items, 10)
}

// interrupted is the reason of SKUs that were not tried because the run was interrupted.
const interrupted = "interrupted"

func printReasons(w io.Writer, items []item, most int) {
	shown := 0
	for _, it := range items {
		if it.Reason == "" || it.Reason == interrupted {
			continue
		}
		if shown++; shown > most {
			continue
		}
		fmt.Fprintf(w, "  %q %s: %s\n", it.SKU, it.Outcome, diag.Printable(it.Reason))
	}
	if shown > most {
		fmt.Fprintf(w, "  and %d more; --report FILE lists all\n", shown-most)
	}
}

// A report is the file that the items are written to at the end.
type report struct{ path string }

// openReport checks that a report can be written, so that a path that cannot ends the run before
// anything is deleted. With an empty path, there is no report.
func openReport(path string) (*report, error) {
	r := &report{path}
	if path == "" {
		return r, nil
	}
	if info, err := os.Lstat(path); err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("report %s: not a regular file; choose another name", path)
	}
	file, err := r.create()
	if err != nil {
		return nil, r.errorf(err)
	}
	return r, r.errorf(errors.Join(file.Close(), os.Remove(file.Name())))
}

// create creates a temporary file in the folder of the report, readable by its owner only.
func (r *report) create() (*os.File, error) {
	return os.CreateTemp(filepath.Dir(r.path), "."+filepath.Base(r.path)+"-*")
}

// write writes the items, as CSV if the name ends in .csv, otherwise as JSON. An earlier report is
// replaced when the new one is complete.
func (r *report) write(items []item) error {
	if r.path == "" {
		return nil
	}
	file, err := r.create()
	if err != nil {
		return r.errorf(err)
	}
	encode := writeJSON
	if strings.EqualFold(filepath.Ext(r.path), ".csv") {
		encode = writeCSV
	}
	lines := bufio.NewWriter(file)
	if err = errors.Join(encode(lines, items), lines.Flush(), file.Sync(), file.Close()); err == nil {
		err = os.Rename(file.Name(), r.path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
	}
	return r.errorf(err)
}

func (r *report) errorf(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("report %s: %w", r.path, unwrapPath(err))
}

func writeJSON(w io.Writer, items []item) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		Items []item `json:"items"`
	}{items})
}

func writeCSV(w io.Writer, items []item) error {
	c := csv.NewWriter(w)
	_ = c.Write([]string{
		"sku", "outcome", "attempts", "status", "request_id", "reason", "earlier", "marketplace_id",
	})
	for _, it := range items {
		_ = c.Write([]string{
			it.SKU, string(it.Outcome), strconv.Itoa(it.Attempts), strconv.Itoa(it.Status), it.RequestID, it.Reason,
			strconv.FormatBool(it.Earlier), it.Store,
		})
	}
	c.Flush()
	return c.Error()
}
