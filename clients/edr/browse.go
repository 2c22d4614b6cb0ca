package edr

// This file lists the events of a club. A row is an item of an event; rows can be grouped by event.

import (
	"context"
	"fmt"
	"time"

	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

// A BrowseQuery selects events of a club. Club, From and To must be set.
type BrowseQuery struct {
	Club       int         // 1 to 9999
	From, To   time.Time   // first and last day, each in its own time zone
	Types      []EventType // nil: all
	Item       int64       // 0: all
	Vendor     int64       // 0: all
	Department int32       // 0: all
	Bill       string      // how the event is billed, such as "6 Hour"; empty: all
}

func (q BrowseQuery) request() (api.BrowseRequest, error) {
	var r api.BrowseRequest
	if q.Club < 1 || q.Club > 9999 {
		return r, fmt.Errorf("club %d: a club number has 1 to 4 digits", q.Club)
	}
	if err := span(q.From, q.To); err != nil {
		return r, err
	}
	r.StoreNbr = fmt.Sprintf("%04d", q.Club)
	r.StartDate, r.EndDate = wire.DateOf(q.From), wire.DateOf(q.To)
	r.EventType = ids(q.Types)
	r.ItemNbr, r.VendorNbr, r.DeptNbr, r.BillType = filter(q.Item), filter(q.Vendor), filter(q.Department), filter(
		q.Bill,
	)
	return r, nil
}

// span validates a span of days.
func span(from, to time.Time) error {
	switch {
	case from.IsZero() || to.IsZero():
		return fmt.Errorf("the first and the last day must be set")
	case wire.DateOf(to).String() < wire.DateOf(from).String():
		return fmt.Errorf("the last day must not be before the first")
	}
	return nil
}

// filter returns a pointer to v, or nil for the zero value, which is sent as null.
func filter[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// ids returns the event types as numbers, all of them if there are none.
func ids(types []EventType) []int32 {
	if types == nil {
		types = EventTypes()
	}
	list := make([]int32, len(types))
	for i, t := range types {
		list[i] = int32(t)
	}
	return list
}

// Browse lists the events of a club, one row per event and item; see [ByEvent]. Errors: an invalid
// query, [ErrSignInNeeded], [ErrBlocked], [*resilience.Error].
func (c *Client) Browse(ctx context.Context, q BrowseQuery, opts ...resilience.CallOption) ([]Row, error) {
	request, err := q.request()
	if err != nil {
		return nil, err
	}
	got, err := c.api.BrowseEventData(ctx, request, opts...)
	if err := c.meaning(err); err != nil && !null(err) {
		return nil, err
	}
	if got == nil {
		return []Row{}, nil
	}
	list, err := listed("browseEventData", got.Union, got.AsBrowseRowList, func() ([]api.BrowseRow, error) {
		w, err := got.AsBrowseWrapper()
		return w.Data, err
	})
	if err != nil {
		return nil, err
	}
	rows := make([]Row, len(list))
	for i := range list {
		rows[i] = Row{list[i]}
	}
	return rows, nil
}

// listed returns the rows of a response, which are either the top-level list or in an object.
func listed[R any](operation string, u wire.Union, bare, inObject func() ([]R, error)) ([]R, error) {
	read := inObject
	if isList(u) {
		read = bare
	}
	list, err := read()
	if err != nil {
		return nil, fmt.Errorf("edr: %s: %w: %w", operation, resilience.ErrContract, err)
	}
	return list, nil
}

// isList reports whether a union holds a list.
func isList(u wire.Union) bool { return len(u.Raw()) > 0 && u.Raw()[0] == '[' }

// null reports whether a call failed because the server sent null for a list, which means an empty
// list. A response without a body does not.
func null(err error) bool {
	f := asFailure(err)
	return f != nil && f.Kind == resilience.KindEmptyBody && f.Status/100 == 2 && len(f.Body) > 0
}

// A Row is an item of an event. The fields hold what the server sent; the methods convert it and
// choose between alternative members.
type Row struct{ api.BrowseRow }

// Event returns the event's number, or 0 if the row has none.
func (r Row) Event() int64 { return either(r.EventID, r.UpperEventID) }

// Day returns the day of the event as midnight UTC.
func (r Row) Day() (time.Time, error) {
	if trimmed(r.EventDate) == "" {
		return day("EventDate", r.UpperEventDate)
	}
	return day("eventDate", r.EventDate)
}

// Item returns the item's number, or 0 if the row has none.
func (r Row) Item() int64 { return either(r.ItemNbr, r.UpperItemNbr) }

// ItemName returns the item's name without padding.
func (r Row) ItemName() string {
	if name := trimmed(r.ItemDesc); name != "" {
		return name
	}
	return trimmed(r.UpperItemDesc)
}

// Type returns the event type in capitals, without padding and without the prefix "Event Type".
func (r Row) Type() string { return word(trimmed(r.BrowseRow.EventType), "Event Type") }

// Status returns the status in capitals, without padding and without the prefix "Status", for
// example APPROVED.
func (r Row) Status() string { return word(trimmed(r.EventStatus), "Status") }

// Approved reports whether the status is APPROVED.
func (r Row) Approved() bool { return r.Status() == approved }

// Locked reports whether the event is locked.
func (r Row) Locked() bool { return yes(trimmed(r.LockDate)) }

// Featured reports whether the item is the featured one of its event.
func (r Row) Featured() bool { return yes(trimmed(r.FeaturedItemInd)) }

// Department returns the department's number.
func (r Row) Department() (int64, error) { return integer("deptNbr", r.DeptNbr) }

func either(a, b *int64) int64 {
	switch {
	case a != nil:
		return *a
	case b != nil:
		return *b
	}
	return 0
}

// A Group is an event with its rows.
type Group[R any] struct {
	Event int64
	Rows  []R // at least one
}

// ByEvent groups the rows of [Client.Browse] by event, in the order in which the events first
// appear. Rows without an event's number are left out.
func ByEvent(rows []Row) []Group[Row] { return group(rows, Row.Event) }

// group groups rows by a number other than 0.
func group[R any](rows []R, number func(R) int64) []Group[R] {
	var groups []Group[R]
	at := map[int64]int{}
	for _, r := range rows {
		n := number(r)
		if n == 0 {
			continue
		}
		i, known := at[n]
		if !known {
			i, groups = len(groups), append(groups, Group[R]{Event: n})
			at[n] = i
		}
		groups[i].Rows = append(groups[i].Rows, r)
	}
	return groups
}
