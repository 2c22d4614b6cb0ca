package resilience_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/faults"
	"github.com/resgen/resgen/resilience/policy"
	"github.com/resgen/resgen/resilience/wire"
)

// order looks like a generated struct.
type order struct {
	ID      string       `json:"id"`
	Lines   []line       `json:"lines,omitzero"`
	Unknown wire.Unknown `json:"-"`
}

func (o order) MarshalJSON() ([]byte, error)     { return wire.MarshalStruct(&o) }
func (o *order) UnmarshalJSON(data []byte) error { return wire.UnmarshalStruct(data, o) }

type line struct {
	Count   *int         `json:"count,omitzero"`
	Unknown wire.Unknown `json:"-"`
}

func (l line) MarshalJSON() ([]byte, error)     { return wire.MarshalStruct(&l) }
func (l *line) UnmarshalJSON(data []byte) error { return wire.UnmarshalStruct(data, l) }

// driftedOrder is an order in which two counts are strings, one is null, the id is missing and one
// member is unknown.
const driftedOrder = `{"lines":[{"count":"7"},{"count":"s3cret"},{"count":null}],"new":1}`

func orders(class policy.Class) *resilience.Operation {
	op := operation("GET", class)
	op.Success = []wire.Outcome{{Status: 200, Media: "application/json", Decode: wire.JSONAs[*order]}}
	return op
}

// A drifted response is decoded as far as possible and encodes to the same JSON. Each difference is
// reported once, unknown members at level DEBUG.
func TestDrift_ReportedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelDebug)
		var events []resilience.Event
		b := configured(t, faults.Config{Script: []faults.Step{faults.OK(driftedOrder), faults.OK(driftedOrder),
			faults.OK(`{"id":"a"}`)}},
			resilience.WithRuntimeLogger(log), resilience.WithObserver(func(e resilience.Event) {
				if e.Kind == resilience.EventDrift {
					events = append(events, e)
				}
			}))
		op := orders(policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithLogger(log), resilience.WithCredential(key{"me", "k"}))
		for range 2 {
			got, err := resilience.Call[*order](t.Context(), c, op, wire.Args())
			if err != nil {
				t.Fatal(err)
			}
			if n := got.Lines[0].Count; n == nil || *n != 7 || got.Lines[1].Count != nil || got.Lines[2].Count != nil {
				t.Errorf("got %+v", got)
			}
			if back, err := json.Marshal(got); err != nil || string(back) != driftedOrder {
				t.Errorf("got %s, %v", back, err)
			}
		}
		if _, err := resilience.Call[*order](t.Context(), c, op, wire.Args()); err != nil {
			t.Fatal(err)
		}
		const head = `msg="response differs from the document" api=items operation=op account=me status=200 `
		const (
			other   = `path=lines[].count kind=type reason="string where number is declared" count=2`
			null    = `path=lines[].count kind=null reason="null where the document has none" count=1`
			member  = `path=new kind=unknown reason="a member that the document does not name" count=1`
			missing = `path=id kind=missing reason="missing, though the document requires it" count=1`
		)
		var want strings.Builder
		for _, line := range []string{
			"WARN " + head + other + ` also="[lines[].count: null where the document has none ` +
				`id: missing, though the document requires it]"`,
			"DEBUG " + head + member,
			"DEBUG " + head + other, "DEBUG " + head + null, "DEBUG " + head + member, "DEBUG " + head + missing,
		} {
			want.WriteString("level=" + line + "\n")
		}
		var got strings.Builder
		for line := range strings.Lines(text.String()) {
			if !strings.Contains(line, "msg=attempt ") {
				got.WriteString(line)
			}
		}
		if got.String() != want.String() || strings.Contains(text.String(), "s3cret") {
			t.Errorf("got\n%s\nwant\n%s", got.String(), want.String())
		}
		if len(events) != 2 || events[0].API != "items" || events[0].Operation != op || events[0].Account != "me" ||
			len(events[0].Drifts) != 4 {
			t.Errorf("got %+v", events)
		}
	})
}

// A place is logged again after an hour, as are places that are new.
func TestDrift_AfterAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelWarn)
		null := faults.OK(`{"id":"a","lines":[{"count":null}]}`)
		without := faults.OK(`{"lines":[{"count":null}]}`)
		script := []faults.Step{null, null, without, null, null}
		b := configured(t, faults.Config{Script: script}, resilience.WithRuntimeLogger(log))
		op := orders(policy.Safe)
		c := b.client(t, policy.Default(), op, resilience.WithLogger(log))
		for i, step := range []struct {
			wait time.Duration
			want string // path of the line
		}{{0, "lines[].count"}, {time.Hour - 1, ""}, {0, "id"}, {1, "lines[].count"}, {0, ""}} {
			time.Sleep(step.wait)
			text.Reset()
			if _, err := resilience.Call[*order](t.Context(), c, op, wire.Args()); err != nil {
				t.Fatal(err)
			}
			got := text.String()
			if strings.Count(got, "\n") > 1 || strings.Contains(got, "path=") != (step.want != "") ||
				!strings.Contains(got, step.want) || strings.Contains(got, "also=") {
				t.Errorf("call %d: got %q", i, got)
			}
		}
	})
}

func TestDrift_FailureDetail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log, text := logTo(slog.LevelWarn)
		op := orders(policy.Unsafe)
		op.Failure = []wire.Outcome{{Status: 404, Media: "application/json", Decode: wire.JSONAs[*order]}}
		b := memory(t, faults.JSON(404, `{"id":5}`))
		_, err := resilience.Call[*order](t.Context(), b.client(t, policy.Default(), op, resilience.WithLogger(log)),
			op, wire.Args())
		if d, ok := resilience.Detail[order](err); !ok || d.ID != "5" {
			t.Errorf("got %+v, %v", d, err)
		}
		if !strings.Contains(text.String(),
			`status=404 path=id kind=type reason="number where string is declared" count=1`) {
			t.Errorf("got %s", text)
		}
	})
}

func TestDrift_StrictResponses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := memory(t, faults.OK(driftedOrder), faults.OK(`{"lines":[]}`), faults.OK(`{"id":"a","new":1}`))
		op := orders(policy.Unsafe)
		c := b.client(t, policy.Default(), op, resilience.WithStrictAnswers())
		for _, want := range []string{"member lines[].count: string where number is declared",
			"member id: missing, though the document requires it"} {
			_, err := resilience.Call[*order](t.Context(), c, op, wire.Args())
			expect{kind: resilience.KindContract}.check(t, nil, failed(t, err))
			if !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
				t.Errorf("got %v, want %s", err, want)
			}
		}
		if _, err := resilience.Call[*order](t.Context(), c, op, wire.Args()); err != nil {
			t.Errorf("a new member is refused: %v", err)
		}
	})
}
