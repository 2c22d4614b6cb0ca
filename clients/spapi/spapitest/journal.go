package spapitest

import (
	"encoding/json"
	"io"
	"slices"
	"sync"
	"time"
)

// An Entry says what the server did with one request.
type Entry struct {
	Time      time.Time `json:"time"`      // when it came to the gate
	Operation string    `json:"operation"` // operationId, or "METHOD /path" if unknown
	SKU       string    `json:"sku,omitempty"`
	Fault     string    `json:"fault,omitempty"` // outage, throttled, or a fault made on purpose; empty: answered properly
	Applied   bool      `json:"applied"`         // whether it changed anything
	Status    int       `json:"status"`          // 0: no answer was sent
}

// A journal keeps entries and writes them out as they come.
type journal struct {
	mu   sync.Mutex
	to   io.Writer
	kept []Entry
}

func (j *journal) add(e Entry) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	j.kept = append(j.kept, e)
	if j.to != nil {
		line, _ := json.Marshal(e)
		_, _ = j.to.Write(append(line, '\n'))
	}
}

func (j *journal) entries() []Entry {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Clone(j.kept)
}
