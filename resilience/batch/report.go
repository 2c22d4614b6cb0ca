package batch

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// An Item is the row of an item in a report.
type Item struct {
	Key string `json:"key"`
	Result
	Earlier bool `json:"earlier,omitempty"` // an earlier run or another process has finished it
}

// A Report is the result of a run.
type Report struct {
	Job     string    `json:"job"`
	Input   string    `json:"input"` // fingerprint of the input
	Started time.Time `json:"started"`
	Ended   time.Time `json:"ended"`
	Stopped string    `json:"stopped,omitempty"` // why the run ended early
	Items   []Item    `json:"items"`             // in the order of the input
}

// Counts returns the number of items of each outcome.
func (r *Report) Counts() map[Outcome]int {
	counts := map[Outcome]int{}
	for _, it := range r.Items {
		counts[it.Outcome]++
	}
	return counts
}

// OK reports whether all items are done or already so.
func (r *Report) OK() bool {
	for _, it := range r.Items {
		if !it.Outcome.OK() {
			return false
		}
	}
	return true
}

// String returns the number of items of each outcome in one line.
func (r *Report) String() string {
	counts := r.Counts()
	parts := []string{fmt.Sprintf("%d items", len(r.Items))}
	for _, o := range Outcomes() {
		if counts[o] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[o], strings.ReplaceAll(string(o), "_", " ")))
		}
	}
	return strings.Join(parts, ", ")
}

// WriteJSON writes the report as JSON.
func (r *Report) WriteJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(r)
}

// WriteCSV writes the items as CSV (RFC 4180) with a header line.
func (r *Report) WriteCSV(w io.Writer) error {
	c := csv.NewWriter(w)
	_ = c.Write(strings.Split("key,outcome,reason,attempts,requests,status,request_id,verified,earlier", ","))
	for _, it := range r.Items {
		_ = c.Write([]string{
			it.Key, string(it.Outcome), it.Reason, strconv.Itoa(it.Attempts), strconv.Itoa(it.Requests),
			strconv.Itoa(it.Status), it.RequestID, strconv.FormatBool(it.Verified), strconv.FormatBool(it.Earlier),
		})
	}
	c.Flush()
	return c.Error()
}

// Save writes the report to a file, as CSV if the name ends in .csv, otherwise as JSON. An existing
// file is replaced when the new one is complete. Only its owner can read it.
func (r *Report) Save(path string) error {
	write := r.WriteJSON
	if strings.EqualFold(filepath.Ext(path), ".csv") {
		write = r.WriteCSV
	}
	if err := replaceFile(path, write); err != nil {
		return fmt.Errorf("batch: report %s: %w", path, withoutPath(err))
	}
	return nil
}

// withoutPath removes the path from an error of package os, for messages that name it already.
func withoutPath(err error) error {
	switch e := err.(type) {
	case *os.PathError:
		return e.Err
	case *os.LinkError:
		return e.Err
	}
	return err
}
