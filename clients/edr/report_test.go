package edr_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/resgen/resgen/clients/edr"
	"github.com/resgen/resgen/clients/edr/edrtest"
)

// Numbers may be numbers or strings, locks booleans or words: the methods return the same.
func TestClient_Report(t *testing.T) {
	for _, texts := range []bool{false, true} {
		inMemory(t, edrtest.Options{Events: events(), Texts: texts}, func(t *testing.T, w *world) {
			w.signIn(t)
			r := must(w.client.Report(t.Context(), 601234))
			if got := must(r.Event()); got != 601234 || r.Name() != "OIL TASTING" ||
				!must(r.Day()).Equal(day("2026-03-02")) {
				t.Errorf("texts %t: %d %q %v", texts, got, r.Name(), must(r.Day()))
			}
			if must(r.Type()) != edr.EventTypeStandard || must(r.Status()) != edr.StatusApproved || !r.Locked() ||
				r.Preparation() != "Cut the bread." ||
				r.Portion() != "" {
				t.Errorf(
					"texts %t: %v %v %t %q %q",
					texts,
					must(r.Type()),
					must(r.Status()),
					r.Locked(),
					r.Preparation(),
					r.Portion(),
				)
			}
			items := r.Items()
			if len(items) != 2 {
				t.Fatalf("texts %t: %d items", texts, len(items))
			}
			it := items[1]
			if must(it.Number()) != 980011224 || it.GTIN() != "812345678902" || it.Name() != "Olive oil 2 l" ||
				must(it.Vendor()) != 55501 ||
				must(it.Department()) != 46 {
				t.Errorf("texts %t: %+v", texts, it)
			}
			empty := must(w.client.Report(t.Context(), 601236))
			if empty.Locked() || empty.Preparation() != "" || len(empty.Items()) != 0 ||
				must(empty.Type()) != edr.EventTypeSupplier {
				t.Errorf("texts %t: %+v", texts, empty)
			}
			w.refusals(t)
		})
	}
}

func TestClient_ReportNotFound(t *testing.T) {
	for name, answer := range map[string]edrtest.Answer{
		"null": {Body: "null"}, "empty": {}, "white space": {Body: " \r\n"}, "no member": {Body: "{}"},
		"404": {Status: 404}, "the stand-in's": {Work: true},
	} {
		inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
			w.signIn(t)
			w.server.Script(edrtest.GetEdrReport, answer)
			if r, err := w.client.Report(t.Context(), 999999); !errors.Is(err, edr.ErrNotFound) || r != nil {
				t.Errorf("%s: %v, %v", name, r, err)
			}
			if n := w.counts(edrtest.GetEdrReport, edrtest.AuthenticateEventManagement); !slices.Equal(n, []int{1, 1}) {
				t.Errorf("%s: %v requests", name, n)
			}
		})
	}
	inMemory(t, edrtest.Options{Blank: true}, func(t *testing.T, w *world) {
		w.signIn(t)
		if _, err := w.client.Report(t.Context(), 999999); !errors.Is(err, edr.ErrNotFound) {
			t.Error(err)
		}
	})
}

// report returns the client's result for a response.
func report(t *testing.T, body string) (r *edr.Report) {
	t.Helper()
	inMemory(t, edrtest.Options{}, func(t *testing.T, w *world) {
		w.signIn(t)
		w.server.Script(edrtest.GetEdrReport, edrtest.Answer{Body: body})
		r = must(w.client.Report(t.Context(), 601234))
	})
	return r
}

func TestReport_OddFields(t *testing.T) {
	r := report(
		t,
		`{"demoId":" 601234 ","demoDate":"","demoClassCode":"three","demoStatusCode":99999999999,`+
			`"demoLockInd":"n","itemDetails":[{"gtin":"00012","itemNbr":12.0}]}`,
	)
	if must(r.Event()) != 601234 {
		t.Errorf("%v", must(r.Event()))
	}
	_, dayErr := r.Day()
	_, typeErr := r.Type()
	_, statusErr := r.Status()
	for _, err := range []error{dayErr, typeErr, statusErr} {
		if err == nil {
			t.Errorf("%v, %v, %v: one is missing", dayErr, typeErr, statusErr)
		}
	}
	it := r.Items()[0]
	_, deptErr := it.Department()
	if it.GTIN() != "00012" || must(it.Number()) != 12 || deptErr == nil || it.Name() != "" {
		t.Errorf("%+v, %v", it, deptErr)
	}
	for lock, want := range map[string]bool{
		`true`: true, `false`: false, `"Y"`: true, `"y"`: true, `"YES"`: true, `"Yes "`: true, `"TRUE"`: true,
		`"1"`: true, `1`: true, `"N"`: false, `"NO"`: false,
		`""`: false, `0`: false, `null`: false, `"2"`: false,
	} {
		if got := report(t, `{"demoId":1,"demoLockInd":`+lock+`}`).Locked(); got != want {
			t.Errorf("locked %s: %t", lock, got)
		}
	}
	if _, err := report(t, `{"demoId":1,"demoDate":"03/02/2026"}`).Day(); err == nil {
		t.Error("a date of another form is read")
	}
}
