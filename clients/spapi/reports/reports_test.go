package reports_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/clients/spapi/reports"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	api "github.com/resgen/resgen/generated/spapi/reports"
	"github.com/resgen/resgen/resilience"
	"github.com/resgen/resgen/resilience/auth"
)

// inMemory runs a test in virtual time with a service and a fake server.
func inMemory(
	t *testing.T,
	opts spapitest.Options,
	test func(t *testing.T, server *spapitest.Server, s *reports.Service),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := spapitest.New(opts)
		transport, listener := clienttest.Serve(server)
		account, err := spapi.New(spapi.Config{
			LWA: spapi.LWA{
				ClientID:     "id",
				ClientSecret: auth.NewSecret("secret"),
				RefreshToken: auth.NewSecret("refresh"),
				Endpoint:     "http://lwa.test/auth/o2/token",
			},
			Application: "Test", Version: "1", BaseURL: "http://api.test", Transport: transport,
		})
		if err != nil {
			t.Fatal(err)
		}
		client, err := api.New(account.Options()...)
		if err != nil {
			t.Fatal(err)
		}
		storage := &documents.Client{Transport: transport, Loopback: true}
		test(t, server, &reports.Service{Client: client, Documents: storage})
		if err := errors.Join(client.Close(), account.Close(), listener.Close()); err != nil {
			t.Error(err)
		}
		transport.CloseIdleConnections()
	})
}

func count(server *spapitest.Server, operation string) (n int) {
	for _, e := range server.Entries() {
		if e.Operation == operation {
			n++
		}
	}
	return n
}

func order(kind string) reports.Order {
	return reports.Order{
		ReportType:     kind,
		MarketplaceIDs: []string{"ATVPDKIKX0DER"},
		Start:          time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC),
	}
}

var long = strings.Repeat("sku\tquantity\n", 5000)

func TestRun_WholeFlow(t *testing.T) {
	opts := spapitest.Options{WorkTime: 10 * time.Minute, Reports: map[string]spapitest.Report{
		"GET_LATIN": {
			Content:     []byte(long + "caf\xe9"),
			ContentType: "text/plain; charset=Cp1252",
			Gzip:        true,
			CutAt:       []int{100, 20},
			Expires:     []int{1},
		},
	}}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *reports.Service) {
		r, err := s.Run(t.Context(), order("GET_LATIN"))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != long+"café" || r.Charset != "Cp1252" {
			t.Errorf("%d bytes in %q with error %v", len(got), r.Charset, err)
		}
		if count(server, spapitest.CreateReport) != 1 || count(server, spapitest.GetReportDocument) != 2 {
			t.Errorf(
				"%d reports, %d URLs; want one report, and a new URL for the one that lapsed",
				count(server, spapitest.CreateReport),
				count(server, spapitest.GetReportDocument),
			)
		}
		for _, transfer := range server.Transfers() {
			if transfer.Token {
				t.Errorf("a token went to the storage: %+v", transfer)
			}
		}
	})
}

func TestRun_RestrictedReport(t *testing.T) {
	opts := spapitest.Options{
		Reports: map[string]spapitest.Report{"GET_ADDRESSES": {Content: []byte("address"), Restricted: true}},
	}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *reports.Service) {
		o := order("GET_ADDRESSES")
		if _, err := s.Run(t.Context(), o); resilience.HTTPStatus(err) == 0 || err == nil ||
			count(server, spapitest.CreateRestrictedToken) != 0 {
			t.Errorf("unmarked: %v", err)
		}
		o.Restricted = true
		r, err := s.Run(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "address" ||
			count(server, spapitest.CreateRestrictedToken) != 1 {
			t.Errorf("%q with error %v", got, err)
		}
	})
}

func TestRun_EndsInFailure(t *testing.T) {
	for status, has := range map[string]bool{"FATAL": true, "CANCELLED": false} {
		opts := spapitest.Options{
			Reports: map[string]spapitest.Report{"GET_X": {Content: []byte("why"), Status: status}},
		}
		inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *reports.Service) {
			r, err := s.Run(t.Context(), order("GET_X"))
			var ended *reports.EndedError
			if r != nil || !errors.As(err, &ended) || string(ended.Report.Status) != status ||
				!strings.Contains(err.Error(), "ended as "+status) {
				t.Fatalf("%v with error %v", r, err)
			}
			why, err := ended.Report.Open(t.Context())
			if has != (err == nil) || has != ended.Report.HasDocument() {
				t.Errorf("%s: %v", status, err)
			}
			if has {
				if got, _ := io.ReadAll(why); string(got) != "why" {
					t.Errorf("document %q", got)
				}
			}
			if err := ended.Report.Save(t.Context(), filepath.Join(t.TempDir(), "why")); has != (err == nil) {
				t.Errorf("saving: %v", err)
			}
		})
	}
}

// No defect of a document leaves a partial file.
func TestSave(t *testing.T) {
	cut := spapitest.Report{Content: []byte(long), Gzip: true}
	for _, c := range []struct {
		name   string
		report spapitest.Report
		order  func(*reports.Order)
		reason documents.Reason // empty: it works
	}{
		{
			"whole", spapitest.Report{Content: []byte(long), Gzip: true, CutAt: []int{5, 0, 40}},
			func(*reports.Order) {}, "",
		},
		{
			"without ranges",
			spapitest.Report{Content: []byte(long), Gzip: true, CutAt: []int{5, 100, 40}, NoRanges: true},
			func(*reports.Order) {}, "",
		},
		{
			"no gzip after all", spapitest.Report{Content: []byte(long), Stored: []byte(long), Gzip: true},
			func(*reports.Order) {}, "",
		},
		{
			"unknown charset", spapitest.Report{Content: []byte(long), ContentType: "text/plain; charset=x"},
			func(*reports.Order) {}, documents.Charset,
		},
		{
			"unknown charset that the caller knows",
			spapitest.Report{Content: []byte(long), ContentType: "text/plain; charset=x"},
			func(o *reports.Order) { o.Charset = "utf-8" }, "",
		},
		{"wrong checksum", cut, func(o *reports.Order) { o.MD5 = "AAAAAAAAAAAAAAAAAAAAAA==" }, documents.Checksum},
	} {
		t.Run(c.name, func(t *testing.T) {
			inMemory(
				t,
				spapitest.Options{Reports: map[string]spapitest.Report{"GET_X": c.report}},
				func(t *testing.T, server *spapitest.Server, s *reports.Service) {
					o := order("GET_X")
					c.order(&o)
					path := filepath.Join(t.TempDir(), "report")
					err := s.Save(t.Context(), o, path)
					got, _ := os.ReadFile(path)
					var failure *documents.Error
					switch {
					case c.reason == "" && (err != nil || string(got) != long):
						t.Errorf("%d bytes with error %v", len(got), err)
					case c.reason != "" && (!errors.As(err, &failure) || failure.Reason != c.reason):
						t.Errorf("the error is %v, want %s", err, c.reason)
					}
					if left, _ := os.ReadDir(filepath.Dir(path)); c.reason != "" && len(left) > 0 {
						t.Errorf("left %v", left)
					}
				},
			)
		})
	}
}

func TestOrder_CallerCancelsAndResumes(t *testing.T) {
	opts := spapitest.Options{
		WorkTime: time.Hour,
		Reports:  map[string]spapitest.Report{"GET_X": {Content: []byte("text")}},
	}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *reports.Service) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		report, err := s.Order(ctx, order("GET_X"))
		if !errors.Is(err, context.DeadlineExceeded) || report == nil || report.ReportID == "" || report.HasDocument() {
			t.Fatalf("%+v with error %v", report, err)
		}
		if report, err = s.Await(t.Context(), report.ReportID, reports.Order{}); err != nil {
			t.Fatal(err)
		}
		r, err := report.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "text" ||
			count(server, spapitest.CreateReport) != 1 {
			t.Errorf("%q with error %v", got, err)
		}
	})
}

func TestOrder_Incomplete(t *testing.T) {
	for _, o := range []reports.Order{{}, {ReportType: "x"}, {MarketplaceIDs: []string{"m"}}} {
		if _, err := (&reports.Service{}).Run(t.Context(), o); err == nil ||
			!strings.Contains(err.Error(), "must be set") {
			t.Errorf("%+v: %v", o, err)
		}
		if err := (&reports.Service{}).Save(t.Context(), o, "x"); err == nil {
			t.Errorf("%+v: no error", o)
		}
	}
}

func TestRun_UnknownType(t *testing.T) {
	inMemory(t, spapitest.Options{}, func(t *testing.T, server *spapitest.Server, s *reports.Service) {
		if _, err := s.Run(t.Context(), order("GET_NOTHING")); !errors.Is(err, resilience.ErrAPI) ||
			count(server, spapitest.CreateReport) != 1 {
			t.Errorf("the error is %v", err)
		}
	})
}
