package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/resgen/resgen/clients/crossmark"
	"github.com/resgen/resgen/clients/edr/edrtest"
	"github.com/resgen/resgen/examples/internal/demo"
)

// output runs the program and returns its exit status, standard output and standard error.
func output(variables map[string]string, stdin string, args ...string) (int, string, string) {
	return outputFrom(variables, strings.NewReader(stdin), args...)
}

func outputFrom(variables map[string]string, stdin io.Reader, args ...string) (int, string, string) {
	var out, errs strings.Builder
	code := run(context.Background(), args, environment{func(k string) string { return variables[k] }, stdin, &out,
		&errs, 0})
	return code, out.String(), errs.String()
}

// codes is a standard input from which the most recently sent code is read.
type codes struct{ server *edrtest.Server }

func (c codes) Read(p []byte) (int, error) { return copy(p, c.server.Code()+"\n"), nil }

func TestDemoShowsEachDifferenceOnce(t *testing.T) {
	code, out, errs := output(nil, "", "--demo", "--from", "2026-03-01", "--json")
	if code != exitDifferent || errs != "" {
		t.Fatalf("exit %d, stderr %q", code, errs)
	}
	var a result
	if err := json.Unmarshal([]byte(out), &a); err != nil {
		t.Fatal(err)
	}
	want := result{From: "2026-03-01", To: "2026-03-14", Visits: 8, Events: 8, Differences: []difference{
		{Kind: cancelled, Event: "600004", Name: "Green tea", Visit: "10000004", Store: "Club 8135",
			Visits: "2026-03-05 Staffed", Events: "2026-03-05 CANCELLED"},
		{Kind: otherDay, Event: "600003", Name: "Basmati rice", Visit: "10000003", Store: "Club 8135",
			Visits: "2026-03-05 Scheduled", Events: "2026-03-04 APPROVED"},
		{Kind: notScheduled, Event: "600005", Name: "Sea salt crackers", Visit: "10000005", Store: "Club 8135",
			Visits: "- Unstaffed", Events: "2026-03-06 APPROVED"},
		{Kind: noVisit, Event: "600006", Name: "Olive oil", Events: "2026-03-07 APPROVED"},
		{Kind: noEvent, Event: "600008", Name: "600008-DEMO-Dish soap", Visit: "10000008", Store: "Club 8135",
			Visits: "2026-03-08 Scheduled"},
		{Kind: noNumber, Name: "Shelf reset", Visit: "10000010", Store: "Club 8135", Visits: "2026-03-10 Scheduled"},
	}}
	if !reflect.DeepEqual(a, want) {
		t.Errorf("got  %+v\nwant %+v", a, want)
	}
}

func TestDemoWithOneSideDown(t *testing.T) {
	for down, want := range map[string]struct{ counts, row, lack string }{
		"edr": {"8 visits, events not read, 1 difference, 6 not compared", "600003-DEMO-Basmati rice",
			"could not be read: EDR: "},
		"crossmark": {"visits not read, 8 events, 0 differences, 5 not compared", "Basmati rice",
			"could not be read: Crossmark, 2026-03-01 to 2026-03-14: "},
	} {
		code, out, errs := output(nil, "", "--demo", "--from", "2026-03-01", "--down", down)
		if code != exitDegraded || errs != "" {
			t.Errorf("%s down: exit %d, stderr %q", down, code, errs)
		}
		for _, part := range []string{want.counts, want.row, want.lack, "503"} {
			if !strings.Contains(out, part) {
				t.Errorf("%s down: %q is missing in\n%s", down, part, out)
			}
		}
		if n := strings.Count(out, "could not be read:"); n != 1 {
			t.Errorf("%s down: %d reasons, want one\n%s", down, n, out)
		}
	}
}

func TestSignInOnceThenUseTheSession(t *testing.T) {
	var servers session
	defer func() { _ = servers.close() }()
	events := edrtest.New(edrtest.Options{Events: demo.Events(midnight(tenth))})
	base, err := servers.serve(events)
	if err != nil {
		t.Fatal(err)
	}
	variables := map[string]string{
		"CROSSMARK_USER": "planner", "CROSSMARK_PASSWORD": "secret",
		"EDR_USER": edrtest.Username, "EDR_PASSWORD": edrtest.Password, "EDR_CREDENTIAL_ID": edrtest.CredentialID,
		"EDR_SESSION_KEY": "a test passphrase",
	}
	args := []string{"--club", fmt.Sprint(demo.Club), "--from", "2026-03-10", "--edr-url", base, "--crossmark-url",
		base, "--session", filepath.Join(t.TempDir(), "edr.session")}

	code, out, _ := output(variables, "", args...)
	if code != exitDegraded || !strings.Contains(out, "--sign-in") || events.Count(edrtest.RequestMfaCode) != 0 {
		t.Errorf("without a session: exit %d, %d codes, printed\n%s", code, events.Count(edrtest.RequestMfaCode), out)
	}
	code, _, errs := output(variables, "12345\n", append(args, "--sign-in")...)
	if code != exitUsage || !strings.Contains(errs, "6 digits") || events.Count(edrtest.ValidateMfaCode) != 0 {
		t.Errorf("a code of 5 digits: exit %d, %d sent, stderr %q", code, events.Count(edrtest.ValidateMfaCode), errs)
	}
	code, out, errs = outputFrom(variables, codes{events}, append(args, "--sign-in")...)
	if code != exitDegraded || !strings.Contains(out, "8 events") || !strings.Contains(errs, "code from your phone: ") {
		t.Errorf("signing in: exit %d, stderr %q, printed\n%s", code, errs, out)
	}
	if code, out, _ = output(variables, "", args...); code != exitDegraded || !strings.Contains(out, "8 events") {
		t.Errorf("with the stored session: exit %d, printed\n%s", code, out)
	}
	if n := events.Count(edrtest.RequestMfaCode); n != 2 {
		t.Errorf("%d codes were sent, want 2", n)
	}
}

func TestUsage(t *testing.T) {
	for _, tt := range []struct {
		args []string
		want string
	}{
		{nil, "--club is missing"},
		{[]string{"--club", "10000"}, "--club is missing"},
		{[]string{"--club", "1", "--from", "03/01/2026"}, "want YYYY-MM-DD"},
		{[]string{"--club", "1", "--from", "2026-03-02", "--to", "2026-03-01"},
			"--to 2026-03-01 is before --from 2026-03-02"},
		{[]string{"--demo", "--club", "1"}, "--demo has its own club"},
		{[]string{"--club", "1", "--down", "edr"}, "--down needs --demo"},
		{[]string{"--demo", "--down", "amazon"}, "want crossmark or edr"},
		{[]string{"--demo", "now"}, `unexpected "now"`},
		{[]string{"--club", "1"}, "EDR_SESSION_KEY"},
	} {
		if code, _, errs := output(nil, "", tt.args...); code != exitUsage || !strings.Contains(errs, tt.want) {
			t.Errorf("%q: exit %d, stderr %q, want %q", tt.args, code, errs, tt.want)
		}
	}
	if code, _, errs := output(nil, "", "--help"); code != 0 || !strings.Contains(errs, "exit status:") {
		t.Errorf("--help: exit %d, %q", code, errs)
	}
}

func TestMergeAdjacentFailures(t *testing.T) {
	march := func(d int) crossmark.Date { return crossmark.Date{Year: 2026, Month: time.March, Day: d} }
	of := func(from, to int, why string) failure { return failure{span{march(from), march(to)}, why} }
	for _, tt := range []struct{ in, want []failure }{
		{nil, nil},
		{[]failure{of(1, 3, "a"), of(3, 6, "a")}, []failure{of(1, 6, "a")}},
		{[]failure{of(1, 3, "a"), of(4, 6, "a")}, []failure{of(1, 6, "a")}},
		{[]failure{of(1, 3, "a"), of(5, 6, "a")}, []failure{of(1, 3, "a"), of(5, 6, "a")}},
		{[]failure{of(1, 3, "a"), of(3, 6, "b"), of(6, 9, "b")}, []failure{of(1, 3, "a"), of(3, 9, "b")}},
	} {
		if got := merge(tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("merge(%v) = %v, want %v", tt.in, got, tt.want)
		}
	}
}

func TestFailureOf(t *testing.T) {
	all := span{tenth, eleventh}
	if got := failureOf(context.Canceled, all); got != (failure{all, "context canceled"}) {
		t.Errorf("got %v", got)
	}
	w := &crossmark.WindowError{List: "mPlans", From: eleventh, To: eleventh, Err: crossmark.ErrCut}
	if got := failureOf(w, all); got != (failure{span{eleventh, eleventh}, crossmark.ErrCut.Error()}) {
		t.Errorf("got %v", got)
	}
}
