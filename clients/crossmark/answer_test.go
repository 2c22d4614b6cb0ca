package crossmark_test

import (
	"errors"
	"testing"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/crossmark/crossmarktest"
)

// Responses with the id in each known place, one without an id, and refusals with status 200.
func TestSchedule_Answers(t *testing.T) {
	for _, answer := range []string{
		`{"scheduleEventID":"%s"}`, `{"id":%s}`, `{"scheduledEventId":%s}`, `{"ID":"%s"}`, `{"eventId":%s}`,
		`{"schedule_event_id":%s}`, `{"scheduleId":%s}`,
		`{"ScheduleEventID":%s}`, `{"data":{"id":%s}}`, `{"result":{"eventId":"%s"}}`, `{"response":{"ID":%s}}`,
		`[{"id":%s},{"id":1}]`, `{"data":[{"id":%s}]}`,
		`{"success":true}`, `{}`, `[]`, `{"id":0}`, `true`, `"booked"`, `null`,
		`{"success":false,"message":"but it did"}`,
	} {
		opts := one(item())
		opts.ScheduleAnswer = answer
		inMemory(t, opts, func(t *testing.T, w *world) {
			got, err := w.client.Schedule(t.Context(), booking())
			made := w.server.Bookings("31000000")
			if err != nil || len(made) != 1 || got.EventID != made[0].EventID || got.Sent != 1 {
				t.Errorf("%s: %+v with error %v, and bookings %+v", answer, got, err, made)
			}
		})
	}
	for _, body := range []string{
		`{"success":false,"scheduleEventID":"5"}`, `{"success":true}`, `{"error":true,"message":"no"}`,
		`{"data":{"success":false,"id":5}}`,
	} {
		inMemory(t, one(item()), func(t *testing.T, w *world) {
			w.server.Fail("scheduleMplanEvent", crossmarktest.Fault{Status: 200, Body: body})
			_, err := w.client.Schedule(t.Context(), booking())
			var f *crossmark.BookingError
			if !errors.As(err, &f) || !errors.Is(err, crossmark.ErrNotBooked) || f.MayHaveApplied || f.Sent != 1 ||
				w.server.Count("scheduleMplanEvent") != 1 {
				t.Errorf(
					"%s: the error is %v after %d requests, want ErrNotBooked after one",
					body,
					err,
					w.server.Count("scheduleMplanEvent"),
				)
			}
		})
	}
}
