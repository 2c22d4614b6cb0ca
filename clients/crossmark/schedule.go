package crossmark

// This file books work items so that none is booked twice: every booking begins with a look at the
// item, and nothing is sent again before another look has proved that the first request came to
// nothing.

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	api "github.com/resgen/resgen/generated/crossmark"
	"github.com/resgen/resgen/resilience"
)

const (
	defaultSettle  = 60 * time.Second
	defaultMinutes = 60 // of a booking whose end nobody knows
	mostRequests   = 2  // of a booking
)

// A Booking is what [Client.Schedule] is to book. PlanID, RepID and Start must be set.
type Booking struct {
	PlanID     string    // the work item
	RepID      string    // digits; an employee code is refused
	Start      time.Time // whole seconds; what is left of one is dropped
	End        time.Time // zero: Start and the item's minutes, or an hour
	LocationID string    // empty: the item's
}

// A Scheduled is a booking that stands.
type Scheduled struct {
	EventID string // for [Client.Unschedule]; empty if the application told none
	Start   time.Time
	End     time.Time
	Sent    int // requests that booked, 0 if the item was booked in this way before
}

// Errors of bookings.
var (
	ErrBooked    = errors.New("the work item is booked otherwise; unschedule it first")
	ErrBusy      = errors.New("another booking of this work item is under way")
	ErrNotBooked = errors.New("the application accepted the booking and did not make it")
	ErrEventID   = errors.New("the booking is not the work item's; read its scheduleEventID again")
)

// A BookingError is why a work item was not scheduled or unscheduled, and whether it may have been
// nevertheless.
type BookingError struct {
	PlanID string
	Sent   int // requests that were to change something

	// MayHaveApplied tells that nobody knows. It is false where another look at the item has proved
	// that nothing happened, whatever the error that this one wraps says.
	MayHaveApplied bool

	Err error
}

func (e *BookingError) Error() string {
	state := "nothing changed"
	if e.MayHaveApplied {
		state = "it may have been done; read the work item before anything else"
	}
	return fmt.Sprintf("mPlan %s: %s after %d requests: %v", e.PlanID, state, e.Sent, e.Err)
}

// Unwrap returns what went wrong.
func (e *BookingError) Unwrap() error { return e.Err }

// Schedule books a work item. One that is booked in this way already is left as it is; one that is
// booked otherwise is [ErrBooked].
//
// The request is sent a second time, and never a third, if it certainly was not run: the session
// had ended, no connection came about, or another look at the item after a failure finds no
// booking. After a lost answer that look is repeated until Config.Settle is over, because the
// application may still be at work. All errors but those of the arguments are a [*BookingError].
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

// check tells what is wrong with the arguments.
func (b Booking) check() error {
	switch {
	case !isDigits(b.PlanID):
		return fmt.Errorf("booking: PlanID %q: an id has digits only", b.PlanID)
	case !isDigits(b.RepID):
		return errors.New("booking: RepID has digits only; an employee code is not one, see RepID of getAvailableReps")
	case b.Start.IsZero():
		return errors.New("booking: Start is not set")
	case !b.End.IsZero() && !b.End.After(b.Start):
		return errors.New("booking: End is not after Start")
	}
	return nil
}

// reserve reports whether nobody else is at work on the item.
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

// A scheduling is one booking under way.
type scheduling struct {
	client  *Client
	booking Booking
	sent    int
	unknown bool // a request may have booked, and nothing has proved otherwise
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
		case !now.free || tries == mostRequests || !worthRepeating(err):
			s.unknown = now.unknown
			return Scheduled{}, err
		}
	}
}

// complete fills what the caller left to the work item.
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

// fits reports whether nothing that an item says about its booking speaks against being the one
// that is wanted.
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

// send sends the booking and returns its id, or why there is none.
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
	return "", ErrNotBooked // or it did, and told no id: another look tells
}

// written counts the requests of a call that went out.
func written(info resilience.Info) (n int) {
	for _, a := range info.Attempts {
		if a.Status != 0 {
			a.Writes = max(a.Writes, 1) // a round tripper of the caller's does not tell
		}
		n += a.Writes
	}
	return n
}

// A certainty is what the failure of a request says by itself.
type certainty uint8

const (
	notRun   certainty = iota // it was not run
	finished                  // it may have been run, and the application has answered: it is over
	unclear                   // it may have been run, and may still be
)

// certaintyOf sorts failures. Of the answers after which a request may have been run, those of the
// application itself end its work; those of a gateway before it, and answers that were cut off, do
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

// worthRepeating reports whether a request that was not run, or to no effect, may fare better a
// second time. Refusals and what this side refused to send fare the same; an accepted booking that
// was not made is not asked for again.
func worthRepeating(err error) bool {
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

// A state is what is known of an item after a failure.
type state struct {
	plan    Plan
	booked  bool // it has a booking
	free    bool // it has none, and the request will not make one any more
	unknown bool // nobody knows
}

// look reads the item again after a failure: once if the request is over, and until Config.Settle
// is over if it may still be run.
func (s *scheduling) look(ctx context.Context, failure error) state {
	how := certaintyOf(failure)
	if how == notRun && !worthRepeating(failure) {
		return state{}
	}
	waits := []time.Duration{0}
	if how == unclear {
		waits = append(waits, s.client.settle/12, s.client.settle/4, s.client.settle)
	}
	begun := time.Now()
	free := false
	for _, wait := range waits {
		if wait > 0 && !pause(ctx, time.Until(begun.Add(wait))) {
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

// Unschedule ends the booking of a work item, which is then unstaffed again. An item that is not
// booked is left as it is.
//
// The booking must be the item's scheduleEventID: a wrong id would end somebody else's booking, so
// anything but digits is refused (the ids that older programs made up end in "_schedule" or hold
// two ids), and so is a booking that the item does not have ([ErrEventID]).
func (c *Client) Unschedule(ctx context.Context, planID, eventID string) error {
	switch {
	case !isDigits(planID):
		return fmt.Errorf("unschedule: mPlanID %q: an id has digits only", planID)
	case strings.Contains(eventID, "_"):
		return fmt.Errorf("unschedule: %q is not a booking's id; take scheduleEventID of the work item", eventID)
	case !isDigits(eventID):
		return fmt.Errorf("unschedule: scheduleEventID %q: an id has digits only", eventID)
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

// unbook ends a booking. Where the answer does not tell what it came to, another look at the item
// does.
func (c *Client) unbook(ctx context.Context, planID, eventID string) error {
	var info resilience.Info
	err := c.api.DeleteScheduledMplanEvent(
		ctx,
		api.DeleteScheduledMplanEventParams{},
		api.UnscheduleRequest{ID: eventID},
		resilience.WithInfo(&info),
	)
	if err == nil && !isPage(info.Header) {
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
		failed.Err = errors.New("the application answered with a page")
	}
	return failed
}
