package edr

import (
	"fmt"
	"strings"
)

// A Status is the numeric status of an event in reports.
type Status int32

// The statuses. 201 exists but has no name.
const (
	StatusNew               Status = 0
	StatusRequested         Status = 1
	StatusApproved          Status = 2
	StatusCancelled         Status = 3
	StatusPerformed         Status = 4
	StatusNonperformed      Status = 5
	StatusClubDeleted       Status = 6
	StatusBilled            Status = 7
	StatusRejected          Status = 15
	StatusScreened          Status = 16
	StatusConflicted        Status = 17
	StatusProductFinalized  Status = 18
	StatusNoCapacityInfo    Status = 19
	StatusReviewed          Status = 20
	StatusRanked            Status = 35
	StatusPending           Status = 100
	StatusSupplierCancelled Status = 200
	StatusUnnamed           Status = 201
	StatusPerformedLate     Status = 202 // PERFORMED, like 4
)

// statusNames are the server's names.
var statusNames = map[Status]string{
	StatusNew: "NEW", StatusRequested: "REQUESTED", StatusApproved: "APPROVED", StatusCancelled: "CANCELLED",
	StatusPerformed:    "PERFORMED",
	StatusNonperformed: "NONPERFORMED", StatusClubDeleted: "CLUB DELETED", StatusBilled: "BILLED",
	StatusRejected: "REJECTED",
	StatusScreened: "SCREENED", StatusConflicted: "CONFLICTED", StatusProductFinalized: "PRODUCT FINALIZED",
	StatusNoCapacityInfo: "NO CAPACITY INFO", StatusReviewed: "REVIEWED", StatusRanked: "RANKED",
	StatusPending:           "PENDING",
	StatusSupplierCancelled: "SUPPLIER-CANCELLED", StatusUnnamed: "", StatusPerformedLate: "PERFORMED",
}

// String returns the server's name of the status, for example "APPROVED", or "" for 201.
func (s Status) String() string {
	if name, ok := statusNames[s]; ok {
		return name
	}
	return fmt.Sprintf("status %d", int32(s))
}

// Known reports whether the status is one of the constants.
func (s Status) Known() bool { _, ok := statusNames[s]; return ok }

// An EventType is the type of an event: 1, or 3 to 57.
type EventType int32

// The types with known names. 46 to 57 are enhanced, RSM and MAP events.
const (
	EventTypeStandard          EventType = 3
	EventTypeSupplier          EventType = 7
	EventTypeFreeoskKiosk      EventType = 21
	EventTypeClubChoiceCompany EventType = 44
	EventTypeClubChoiceAccrual EventType = 45

	lastEventType EventType = 57
)

// Known reports whether the type exists. Type 2 does not exist.
func (t EventType) Known() bool { return t == 1 || t >= EventTypeStandard && t <= lastEventType }

// EventTypes returns all types in order.
func EventTypes() []EventType {
	var list []EventType
	for t := EventType(1); t <= lastEventType; t++ {
		if t.Known() {
			list = append(list, t)
		}
	}
	return list
}

// word returns a status or type in capitals, without padding and without a prefix that some
// responses have.
func word(text, prefix string) string {
	text = strings.ToUpper(strings.TrimSpace(text))
	return strings.TrimSpace(strings.TrimPrefix(text, strings.ToUpper(prefix)+" "))
}

// approved is the name of the status of events that take place.
const approved = "APPROVED"
