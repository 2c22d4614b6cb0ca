package crossmarktest

import (
	"time"
)

// An Entry describes one request and its result.
type Entry struct {
	Time      time.Time `json:"time"`              // when the request arrived
	Operation string    `json:"operation"`         // operationId, or "METHOD /path" if unknown
	Session   int       `json:"session,omitempty"` // number of the session's sign-in; 0: none
	Plan      string    `json:"plan,omitempty"`    // id of the work item
	Fault     string    `json:"fault,omitempty"`   // name of a simulated fault; empty: none
	Refused   string    `json:"refused,omitempty"` // why the server refused the request
	Applied   bool      `json:"applied"`           // whether it changed anything
	Status    int       `json:"status"`            // 0: no response was sent
}
