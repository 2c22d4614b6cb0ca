package edr

// This file lists the events of several clubs and updates events.

import (
	"context"
	"fmt"
	"time"

	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/wire"
)

// A ScheduleQuery selects events. Clubs, From and To must be set.
type ScheduleQuery struct {
	Clubs    []int       // 1 to 9999 each
	From, To time.Time   // first and last day, each in its own time zone
	Types    []EventType // nil: all
}

func (q ScheduleQuery) request() (api.DailyScheduleRequest, error) {
	r := api.DailyScheduleRequest{EventType: ids(q.Types)}
	if len(q.Clubs) == 0 {
		return r, fmt.Errorf("at least one club must be set")
	}
	for _, club := range q.Clubs {
		if club < 1 || club > 9999 {
			return r, fmt.Errorf("club %d: a club number has 1 to 4 digits", club)
		}
		r.ClubList = append(r.ClubList, wire.ScalarOf(club))
	}
	r.StartDate, r.EndDate = wire.DateOf(q.From), wire.DateOf(q.To)
	return r, span(q.From, q.To)
}

// DailySchedule lists the events of clubs with any status. An event may have several rows; see
// [Approved] and [ByScheduledEvent]. Errors: an invalid query, [ErrSignInNeeded], [ErrBlocked],
// [*resilience.Error].
func (c *Client) DailySchedule(ctx context.Context, q ScheduleQuery) ([]ScheduleRow, error) {
	request, err := q.request()
	if err != nil {
		return nil, err
	}
	got, err := c.api.GetDailyScheduleReport(ctx, request)
	if err := c.meaning(err); err != nil && !null(err) {
		return nil, err
	}
	if got == nil {
		return []ScheduleRow{}, nil
	}
	list, err := listed(
		"getDailyScheduleReport",
		got.Union,
		got.AsDailyScheduleEventList,
		func() ([]api.DailyScheduleEvent, error) {
			w, err := got.AsDailyScheduleWrapper()
			return w.Events, err
		},
	)
	if err != nil {
		return nil, err
	}
	rows := make([]ScheduleRow, len(list))
	for i := range list {
		rows[i] = ScheduleRow{list[i]}
	}
	return rows, nil
}

// A ScheduleRow is an event of a club or a part of one. The fields hold what the server sent; the
// methods convert it and choose between alternative members.
type ScheduleRow struct{ api.DailyScheduleEvent }

// Event returns the event's number.
func (r ScheduleRow) Event() (int64, error) {
	if text(r.EventID) == "" && r.EventNumber != nil {
		return integer("eventNumber", r.EventNumber)
	}
	return integer("eventId", r.EventID)
}

// Name returns the event's name without padding.
func (r ScheduleRow) Name() string { return trimmed(r.EventName) }

// Day returns the day of the event as midnight UTC.
func (r ScheduleRow) Day() (time.Time, error) {
	if trimmed(r.EventDate) == "" {
		return day("demoDate", r.DemoDate)
	}
	return day("eventDate", r.EventDate)
}

// Status returns the status in capitals and without padding, for example APPROVED.
func (r ScheduleRow) Status() string {
	if s := word(trimmed(r.DailyScheduleEvent.Status), "Status"); s != "" {
		return s
	}
	return word(trimmed(r.EventStatus), "Status")
}

// Approved reports whether the status is APPROVED.
func (r ScheduleRow) Approved() bool { return r.Status() == approved }

// Item returns the item's number.
func (r ScheduleRow) Item() (int64, error) { return integer("itemNbr", r.ItemNbr) }

// Vendor returns the number of the vendor who is billed.
func (r ScheduleRow) Vendor() (int64, error) { return integer("vendorBilledNbr", r.VendorBilledNbr) }

// Department returns the department's number.
func (r ScheduleRow) Department() (int64, error) { return integer("deptNbr", r.DeptNbr) }

// Approved returns the rows whose status is APPROVED.
func Approved(rows []ScheduleRow) []ScheduleRow {
	var list []ScheduleRow
	for _, r := range rows {
		if r.Approved() {
			list = append(list, r)
		}
	}
	return list
}

// ByScheduledEvent groups the rows of [Client.DailySchedule] by event, in the order in which the
// events first appear. Rows without an event's number are left out.
func ByScheduledEvent(rows []ScheduleRow) []Group[ScheduleRow] {
	return group(rows, func(r ScheduleRow) int64 {
		n, err := r.Event()
		if err != nil {
			return 0
		}
		return n
	})
}

// An Update sets the day and status of an event of a club. All fields must be set.
type Update struct {
	Event  int64
	Club   int64
	Day    time.Time // in its own time zone
	Status Status    // [StatusApproved] for an approved event that stays approved
	User   string    // the retailer's user who makes the change; personal data
}

// UpdateEvent moves an event and sets its status in the retailer's live system. It sends one
// request at most. If the error's [resilience.Error] has MayHaveApplied, read the event before
// trying again. If the token had expired, it is renewed for the next call. Errors: an invalid
// update, [ErrSignInNeeded], [ErrBlocked], [*resilience.Error].
func (c *Client) UpdateEvent(ctx context.Context, u Update) error {
	if u.Event <= 0 || u.Club <= 0 || u.Day.IsZero() || u.User == "" {
		return fmt.Errorf("an update needs event, club, day and user")
	}
	_, err := c.api.UpdateClubEvent(ctx, api.ClubEventUpdate{
		Action: "update", EventID: u.Event, EventStatusCode: int32(u.Status), UserID: u.User, ClubID: u.Club,
		ScheduledDate: wire.DateOf(u.Day),
	})
	if f := asFailure(err); f != nil && f.Kind == resilience.KindEmptyBody && f.Status/100 == 2 {
		return nil // the response is an object or empty
	}
	return c.meaning(err)
}
