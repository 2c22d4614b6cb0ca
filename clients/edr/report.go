package edr

// This file implements the report of an event, with one type for each field.

import (
	"context"
	"fmt"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"time"

	api "github.com/resgen/resgen/generated/edr"
	"github.com/resgen/resgen/resilience/wire"
)

// A Report is the report of an event. The fields hold what the server sent, numbers possibly as
// strings; the methods convert it.
type Report struct{ api.EdrReport }

// Report returns the report of the event with a number of 6 digits. Errors: [ErrNotFound],
// [ErrSignInNeeded] and [ErrBlocked]. All wrap a [*resilience.Error], except an [ErrNotFound] that
// was detected from an empty body.
func (c *Client) Report(ctx context.Context, event int64) (*Report, error) {
	if event <= 0 {
		return nil, fmt.Errorf("event %d: an event number must be positive", event)
	}
	got, err := c.api.GetEdrReport(ctx, api.GetEdrReportParams{ID: strconv.FormatInt(event, 10)})
	f := asFailure(err)
	switch {
	case f != nil && (f.Status == http.StatusNotFound || f.Status/100 == 2 && nothing(f.Body)):
		return nil, withCause(ErrNotFound, err)
	case err != nil:
		return nil, c.meaning(err)
	case got == nil || reflect.ValueOf(*got).IsZero():
		return nil, ErrNotFound
	}
	return &Report{*got}, nil
}

// nothing reports whether a body is empty or null.
func nothing(body []byte) bool {
	text := strings.TrimSpace(string(body))
	return text == "" || text == "null"
}

// Event returns the event's number.
func (r *Report) Event() (int64, error) { return integer("demoId", r.DemoID) }

// Name returns the event's name without padding, or "".
func (r *Report) Name() string { return trimmed(r.DemoName) }

// Day returns the day of the event as midnight UTC.
func (r *Report) Day() (time.Time, error) { return day("demoDate", r.DemoDate) }

// Type returns the event type.
func (r *Report) Type() (EventType, error) {
	n, err := small("demoClassCode", r.DemoClassCode)
	return EventType(n), err
}

// Status returns the status of the event.
func (r *Report) Status() (Status, error) {
	n, err := small("demoStatusCode", r.DemoStatusCode)
	return Status(n), err
}

// Locked reports whether the event is locked: true, or Y, YES, TRUE or 1 in any case.
func (r *Report) Locked() bool { return r.DemoLockInd != nil && yes(r.DemoLockInd.String()) }

// Preparation returns how to prepare the item, or "".
func (r *Report) Preparation() string {
	return r.DemoInstructions.Or(api.EdrInstructions{}).DemoPrepnTxt.Or("")
}

// Portion returns how to portion the item, or "".
func (r *Report) Portion() string {
	return r.DemoInstructions.Or(api.EdrInstructions{}).DemoPortnTxt.Or("")
}

// Items returns the items of the event, none if the server sent null.
func (r *Report) Items() []Item {
	list := r.ItemDetails.Or(nil)
	items := make([]Item, len(list))
	for i := range list {
		items[i] = Item{list[i]}
	}
	return items
}

// An Item is an item of an event.
type Item struct{ api.EdrItem }

// Number returns the item's number.
func (i Item) Number() (int64, error) { return integer("itemNbr", i.ItemNbr) }

// GTIN returns the item's UPC or GTIN unchanged, with leading zeros, or "".
func (i Item) GTIN() string { return text(i.Gtin) }

// Name returns the item's name without padding.
func (i Item) Name() string { return trimmed(i.ItemDesc) }

// Vendor returns the vendor's number.
func (i Item) Vendor() (int64, error) { return integer("vendorNbr", i.VendorNbr) }

// Department returns the department's number, 1 to 99.
func (i Item) Department() (int64, error) { return integer("deptNbr", i.DeptNbr) }

// integer parses a number, which may be a string with surrounding spaces.
func integer(name string, v *wire.Scalar) (int64, error) {
	if v == nil || v.IsZero() {
		return 0, fmt.Errorf("%s is absent", name)
	}
	if n, err := strconv.ParseInt(strings.TrimSpace(v.String()), 10, 64); err == nil {
		return n, nil
	}
	n, err := v.Int64()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", name, err)
	}
	return n, nil
}

// small parses a code.
func small(name string, v *wire.Scalar) (int32, error) {
	n, err := integer(name, v)
	if err == nil && int64(int32(n)) != n {
		return 0, fmt.Errorf("%s: %d is not a code", name, n)
	}
	return int32(n), err
}

// day parses a date. An empty one counts as absent.
func day(name string, v *string) (time.Time, error) {
	if trimmed(v) == "" {
		return time.Time{}, fmt.Errorf("%s is absent", name)
	}
	t, err := time.Parse(time.DateOnly, trimmed(v))
	if err != nil {
		return time.Time{}, fmt.Errorf("%s is not a date of the form YYYY-MM-DD", name)
	}
	return t, nil
}

func text(v *wire.Scalar) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(v.String())
}

func trimmed(v *string) string {
	if v == nil {
		return ""
	}
	return strings.TrimSpace(*v)
}

// yes reports whether a text means true.
func yes(text string) bool {
	switch strings.ToUpper(strings.TrimSpace(text)) {
	case "Y", "YES", "TRUE", "1":
		return true
	}
	return false
}

// meaning adds the matching error of this package to the error of a call.
func (c *Client) meaning(err error) error {
	f := asFailure(err)
	if f == nil {
		return err
	}
	if !blocked(f) {
		return c.clean(err, c.session.secrets()...)
	}
	c.session.block(f.Operation)
	return withCause(ErrBlocked, c.clean(err, c.session.secrets()...))
}
