package spapitest

import (
	"time"
)

// An Entry describes one request and its result.
type Entry struct {
	Time      time.Time `json:"time"`      // when it reached the token bucket
	Operation string    `json:"operation"` // operationId, or "METHOD /path" if unknown
	SKU       string    `json:"sku,omitempty"`
	// outage, throttled, or a simulated fault; empty: none
	Fault   string `json:"fault,omitempty"`
	Applied bool   `json:"applied"` // whether it changed anything
	Status  int    `json:"status"`  // 0: no response was sent
}
