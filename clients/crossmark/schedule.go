package crossmark

// This file books work items such that none is booked twice. Every booking first reads the item,
// and nothing is sent again until another read has proved that the first request had no effect.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/resgen/resgen/clients/internal/pause"
	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
)

const (
	defaultSettle  = 60 * time.Second
	defaultMinutes = 60 // duration of a booking without an end
	mostRequests   = 2  // for one booking
)

// A Booking is the argument of [Client.Schedule]. PlanID, RepID and Start must be set.
type Booking struct {
	PlanID     string    // id of the work item
	RepID      string    // digits; employee codes are refused
	Start      time.Time // truncated to whole seconds
	End        time.Time // zero: Start plus the item's minutes, or one hour
	LocationID string    // empty: the item's
}

// A Scheduled is an existing booking.
type Scheduled struct {
	EventID string // for [Client.Unschedule]; empty if the application returned none
	Start   time.Time
	End     time.Time
	Sent    int // booking requests sent; 0 if the item was already booked in this way
}

// Errors of bookings.
var (
	ErrBooked    = errors.New("the work item has a different booking; unschedule it first")
	ErrBusy      = errors.New("another booking of this work item is in progress")
	ErrNotBooked = errors.New("the application accepted the booking but did not make it")
	ErrEventID   = errors.New("the booking is not that of the work item; read its scheduleEventID again")
)

// A BookingError reports why a work item was not scheduled or unscheduled, and whether it may have
// been nevertheless.
type BookingError struct {
	PlanID string
	Sent   int // number of requests for a change that were sent

	// MayHaveApplied is true if the result is unknown. It is false if reading the item proved that
	// nothing changed, even if Err says otherwise.
	MayHaveApplied bool

	Err error
}

func (e *BookingError) Error() string {
	state := "nothing changed"
	if e.MayHaveApplied {
		state = "it may have been applied; read the work item first"
	}
	return fmt.Sprintf("mPlan %s: %s after %d requests: %v", e.PlanID, state, e.Sent, e.Err)
}

// Unwrap returns the underlying error.
func (e *BookingError) Unwrap() error { return e.Err }

// Schedule books a work item. It does nothing if the item is already booked in this way, and
// returns [ErrBooked] if it is booked differently.
//
// The request is sent at most twice, and the second time only if the first certainly had no effect:
// the session had expired, no connection was made, or reading the item after the failure shows no
// booking. After a lost response the item is read repeatedly until Config.Settle has passed,
// because the application may still be working. All errors except those for invalid arguments are a
// [*BookingError].
func (c *Client) Schedule(ctx context.Context, b Booking) (Scheduled, error) {
	if err := b.check(); err != nil {
		return Scheduled{}, err
	}
	if !c.reserve(b.PlanID) {
		return Scheduled{}, &BookingError{PlanID: b.PlanID, Err: ErrBusy}
	}
	defer c.release(b.PlanID)
	b.Start, b.End = b.Start.Truncate(time.Second), b.End.Truncate(time.Second)
	s := &scheduling{client: c, booking: b}
	done, err := s.run(ctx)
	if err != nil {
		return Scheduled{}, &BookingError{PlanID: b.PlanID, Sent: s.sent, MayHaveApplied: s.unknown, Err: err}
	}
	return done, nil
}

// check validates the arguments.
func (b Booking) check() error {
	switch {
	case !isDigits(b.PlanID):
		return fmt.Errorf("booking: PlanID %q: an id must consist of digits", b.PlanID)
	case !isDigits(b.RepID):
		return errors.New("booking: RepID must consist of digits; use RepID of getAvailableReps, not an employee code")
	case b.Start.IsZero():
		return errors.New("booking: Start is not set")
	case !b.End.IsZero() && !b.End.After(b.Start):
		return errors.New("booking: End is not after Start")
	}
	return nil
}

// reserve reports whether no other call is booking the item, and reserves it.
func (c *Client) reserve(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.booking[id] {
		return false
	}
	c.booking[id] = true
	return true
}

func (c *Client) release(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.booking, id)
}

// A scheduling is a booking in progress.
type scheduling struct {
	client  *Client
	booking Booking
	sent    int
	unknown bool // a request may have made a booking, and nothing has disproved it
}

func (s *scheduling) run(ctx context.Context) (Scheduled, error) {
	plan, err := s.client.Plan(ctx, s.booking.PlanID)
	if err != nil {
		return Scheduled{}, err
	}
	s.complete(plan)
	if plan.Booked() {
		if !s.fits(plan) || plan.RepID() == "" || plan.Raw.ScheduleDate.Or("") == "" {
			return Scheduled{}, ErrBooked
		}
		return s.done(plan.EventID()), nil
	}
	for tries := 1; ; tries++ {
		id, err := s.send(ctx)
		if id != "" {
			return s.done(id), nil
		}
		switch now := s.look(ctx, err); {
		case now.booked && !s.fits(now.plan):
			return Scheduled{}, ErrBooked
		case now.booked:
			return s.done(now.plan.EventID()), nil
		case !now.free || tries == mostRequests || !worthRetrying(err):
			s.unknown = now.unknown
			return Scheduled{}, err
		}
	}
}

// complete sets fields from the work item that the caller left empty.
func (s *scheduling) complete(p Plan) {
	b := &s.booking
	if b.LocationID == "" {
		b.LocationID = p.LocationID()
	}
	if b.End.IsZero() {
		b.End = b.Start.Add(time.Duration(positive(p.Minutes(), defaultMinutes)) * time.Minute)
	}
}

func (s *scheduling) done(id string) Scheduled {
	return Scheduled{EventID: id, Start: s.booking.Start, End: s.booking.End, Sent: s.sent}
}

// fits reports whether an item's booking is consistent with the requested one.
func (s *scheduling) fits(p Plan) bool {
	if rep := p.RepID(); rep != "" && rep != s.booking.RepID {
		return false
	}
	at, err := p.Scheduled()
	if err != nil || at.IsZero() {
		return true
	}
	return slices.ContainsFunc(at.Instants(s.client.zone), s.booking.Start.Equal)
}

// send sends the booking and returns its id, or an error.
func (s *scheduling) send(ctx context.Context) (string, error) {
	b := s.booking
	var info resilience.Info
	defer func() { s.sent += written(info) }()
	answer, err := s.client.api.ScheduleMplanEvent(ctx, api.ScheduleMplanEventParams{}, api.ScheduleRequest{
		ClassName: "MVScheduledmPlan", RepID: b.RepID, MPlanID: b.PlanID, LocationID: b.LocationID,
		Start: FormatOffset(b.Start, s.client.zone), End: FormatOffset(b.End, s.client.zone),
		Hash: "", V: "3.0.1", PlanningOverride: "true",
	}, resilience.WithInfo(&info))
	if err != nil {
		return "", err
	}
	if id, refused := readAnswer([]byte(answer.Raw())); !refused && id != "" {
		return id, nil
	}
	return "", ErrNotBooked // or it was booked without an id; the next read shows
}

// written returns the number of requests of a call that were sent.
func written(info resilience.Info) (n int) {
	for _, a := range info.Attempts {
		if a.Status != 0 {
			a.Writes = max(a.Writes, 1) // the caller's round tripper does not report writes
		}
		n += a.Writes
	}
	return n
}

// A certainty is what the failure of a request reveals about its effect.
type certainty uint8

const (
	notRun   certainty = iota // it was not applied
	finished                  // it may have been applied, and the application has responded: it is finished
	unclear                   // it may have been applied, or may still be
)

// certaintyOf classifies failures. If the request may have been applied, a response from the
// application itself means that its work is finished; a gateway's response or a truncated one does
// not.
func certaintyOf(err error) certainty {
	var f *resilience.Error
	switch {
	case errors.Is(err, ErrNotBooked):
		return finished
	case !errors.As(err, &f):
		return unclear
	case !f.MayHaveApplied:
		return notRun
	case f.Kind == resilience.KindContract,
		f.Kind == resilience.KindEmptyBody,
		f.Status == http.StatusInternalServerError:
		return finished
	}
	return unclear
}

// worthRetrying reports whether a request without effect may succeed when sent again. Refusals and
// local errors would recur, and a booking that was accepted but not made is not requested again.
func worthRetrying(err error) bool {
	var f *resilience.Error
	if !errors.As(err, &f) {
		return false
	}
	switch f.Kind {
	case resilience.KindTransport, resilience.KindTimeout, resilience.KindContract, resilience.KindEmptyBody:
		return true
	case resilience.KindAPI:
		return f.Status >= 500 || f.Status == http.StatusUnauthorized || f.Status/100 == 3
	}
	return false
}

// A state is what is known about an item after a failure.
type state struct {
	plan    Plan
	booked  bool // it has a booking
	free    bool // it has none, and the request will no longer make one
	unknown bool // it cannot be determined
}

// look reads the item after a failure: once if the request is finished, otherwise repeatedly until
// Config.Settle has passed.
func (s *scheduling) look(ctx context.Context, failure error) state {
	how := certaintyOf(failure)
	if how == notRun && !worthRetrying(failure) {
		return state{}
	}
	waits := []time.Duration{0}
	if how == unclear {
		waits = append(waits, s.client.settle/12, s.client.settle/4, s.client.settle)
	}
	start := time.Now()
	free := false
	for _, wait := range waits {
		if wait > 0 && pause.For(ctx, time.Until(start.Add(wait))) != nil {
			free = false
			break
		}
		p, err := s.client.Plan(ctx, s.booking.PlanID)
		if err == nil && p.Booked() {
			return state{plan: p, booked: true}
		}
		free = err == nil
	}
	return state{free: free, unknown: !free && how != notRun}
}

// Unschedule cancels the booking of a work item, which is then unstaffed again. It does nothing if
// the item is not booked.
//
// eventID must be the item's scheduleEventID. A wrong id would cancel the booking of another item,
// so anything but digits is refused (older programs made up ids that end in "_schedule" or consist
// of two ids), and so is the id of a booking that the item does not have ([ErrEventID]).
func (c *Client) Unschedule(ctx context.Context, planID, eventID string) error {
	switch {
	case !isDigits(planID):
		return fmt.Errorf("unschedule: mPlanID %q: an id must consist of digits", planID)
	case strings.Contains(eventID, "_"):
		return fmt.Errorf("unschedule: %q is not the id of a booking; use scheduleEventID of the work item", eventID)
	case !isDigits(eventID):
		return fmt.Errorf("unschedule: scheduleEventID %q: an id must consist of digits", eventID)
	case !c.reserve(planID):
		return &BookingError{PlanID: planID, Err: ErrBusy}
	}
	defer c.release(planID)
	plan, err := c.Plan(ctx, planID)
	switch {
	case err != nil:
		return &BookingError{PlanID: planID, Err: err}
	case !plan.Booked():
		return nil
	case plan.EventID() != eventID:
		return &BookingError{PlanID: planID, Err: ErrEventID}
	}
	return c.unbook(ctx, planID, eventID)
}

// unbook cancels a booking. If the response leaves the result open, it reads the item again.
func (c *Client) unbook(ctx context.Context, planID, eventID string) error {
	var info resilience.Info
	err := c.api.DeleteScheduledMplanEvent(
		ctx,
		api.DeleteScheduledMplanEventParams{},
		api.UnscheduleRequest{ID: eventID},
		resilience.WithInfo(&info),
	)
	if err == nil && !isHTML(info.Header) {
		return nil
	}
	failed := &BookingError{PlanID: planID, Sent: written(info), MayHaveApplied: true, Err: err}
	if certaintyOf(err) == notRun && err != nil {
		failed.MayHaveApplied = false
		return failed
	}
	plan, again := c.Plan(ctx, planID)
	switch {
	case again == nil && plan.EventID() != eventID:
		return nil
	case again == nil && (err == nil || certaintyOf(err) == finished):
		failed.MayHaveApplied = false
	}
	if err == nil {
		failed.Err = errors.New("the application sent an HTML page")
	}
	return failed
}
