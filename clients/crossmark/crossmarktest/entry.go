package crossmarktest

import (
	"time"
)

// An Entry says what the server did with one request.
type Entry struct {
	Time      time.Time `json:"time"`              // when it came
	Operation string    `json:"operation"`         // operationId, or "METHOD /path" if unknown
	Session   int       `json:"session,omitempty"` // number of the sign-in that opened it; 0: none
	Plan      string    `json:"plan,omitempty"`    // work item that it is about
	Fault     string    `json:"fault,omitempty"`   // made on purpose; empty: answered properly
	Refused   string    `json:"refused,omitempty"` // why the server did not do it
	Applied   bool      `json:"applied"`           // whether it changed anything
	Status    int       `json:"status"`            // 0: no answer was sent
}
