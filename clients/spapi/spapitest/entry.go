package spapitest

import (
	"time"
)

// An Entry says what the server did with one request.
type Entry struct {
	Time      time.Time `json:"time"`      // when it came to the gate
	Operation string    `json:"operation"` // operationId, or "METHOD /path" if unknown
	SKU       string    `json:"sku,omitempty"`
	// outage, throttled, or a fault made on purpose; empty: answered properly
	Fault   string `json:"fault,omitempty"`
	Applied bool   `json:"applied"` // whether it changed anything
	Status  int    `json:"status"`  // 0: no answer was sent
}
