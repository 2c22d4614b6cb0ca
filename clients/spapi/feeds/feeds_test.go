package feeds_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resgen/resgen/clients/internal/clienttest"
	"github.com/resgen/resgen/clients/spapi"
	"github.com/resgen/resgen/clients/spapi/documents"
	"github.com/resgen/resgen/clients/spapi/feeds"
	"github.com/resgen/resgen/clients/spapi/spapitest"
	api "github.com/resgen/resgen/generated/spapi/feeds"
	"github.com/resgen/resgen/resilience"
)

// inMemory runs a test in virtual time with a service and a fake server.
func inMemory(
	t *testing.T,
	opts spapitest.Options,
	test func(t *testing.T, server *spapitest.Server, s *feeds.Service),
) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		server := spapitest.New(opts)
		transport, listener := clienttest.Serve(server)
		account, err := spapi.New(spapi.Config{
			LWA: spapi.LWA{
				ClientID:     "id",
				ClientSecret: "secret",
				RefreshToken: "refresh",
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
		test(t, server, &feeds.Service{Client: client, Documents: &documents.Client{Transport: transport}})
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

var submission = feeds.Submission{
	FeedType:       "POST_SOMETHING",
	MarketplaceIDs: []string{"ATVPDKIKX0DER"},
	ContentType:    "text/tab-separated-values; charset=UTF-8",
}

func submit(ctx context.Context, s *feeds.Service, text string) (*feeds.Result, error) {
	sub := submission
	sub.Body = strings.NewReader(text)
	return s.Submit(ctx, sub)
}

func TestSubmit_WholeFlow(t *testing.T) {
	opts := spapitest.Options{
		WorkTime: 3 * time.Minute,
		Reports: map[string]spapitest.Report{
			"POST_SOMETHING": {Content: []byte("1 processed"), Gzip: true, CutAt: []int{3}, Expires: []int{0}},
		},
	}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		begun := time.Now()
		result, err := submit(t.Context(), s, "a\tb\n")
		if err != nil || result.Status != api.FeedProcessingStatusDone || !result.HasReport() {
			t.Fatalf("%+v with error %v", result, err)
		}
		if took := time.Since(begun); took < 3*time.Minute || took > 5*time.Minute {
			t.Errorf("it took %s", took)
		}
		for _, content := range server.Uploaded() {
			if string(content) != "a\tb\n" {
				t.Errorf("uploaded %q", content)
			}
		}
		r, err := result.Report(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || string(got) != "1 processed" {
			t.Errorf("report %q with error %v", got, err)
		}
		if len(server.Uploaded()) != 1 || count(server, spapitest.CreateFeed) != 1 ||
			count(server, spapitest.GetFeedDocument) != 2 {
			t.Errorf(
				"%d uploads, %d feeds, %d URLs of the report",
				len(server.Uploaded()),
				count(server, spapitest.CreateFeed),
				count(server, spapitest.GetFeedDocument),
			)
		}
		for _, transfer := range server.Transfers() {
			if transfer.Token {
				t.Errorf("a token went to the storage: %+v", transfer)
			}
		}
		if n := count(server, spapitest.GetFeed); n > 10 {
			t.Errorf("asked %d times in three minutes", n)
		}
	})
}

// If the URL expires during the upload, a new document is created, but only a limited number of
// times.
func TestSubmit_UploadURLLapses(t *testing.T) {
	opts := spapitest.Options{URLLife: time.Nanosecond, Latency: [2]time.Duration{time.Millisecond, time.Millisecond}}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		result, err := submit(t.Context(), s, "x")
		var lapsed *documents.Error
		if !errors.As(err, &lapsed) || lapsed.Reason != documents.Expired || result != nil {
			t.Errorf("%v with error %v", result, err)
		}
		if count(server, spapitest.CreateFeedDocument) != 3 || count(server, spapitest.CreateFeed) != 0 {
			t.Errorf(
				"%d documents and %d feeds, want 3 and none",
				count(server, spapitest.CreateFeedDocument),
				count(server, spapitest.CreateFeed),
			)
		}
	})
	inMemory(t, spapitest.Options{}, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		server.FailStorage(403, 503)
		if _, err := submit(t.Context(), s, "x"); err != nil {
			t.Error(err)
		}
		if n := count(server, spapitest.CreateFeedDocument); n != 2 {
			t.Errorf("%d documents, want another for the lapsed one", n)
		}
	})
	inMemory(t, spapitest.Options{}, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		server.FailStorage(400)
		var refused *documents.Error
		if _, err := submit(t.Context(), s, "x"); !errors.As(err, &refused) || refused.Status != 400 ||
			count(server, spapitest.CreateFeedDocument) != 1 {
			t.Errorf("%v after %d documents", err, count(server, spapitest.CreateFeedDocument))
		}
	})
}

func TestSubmit_EndsBadly(t *testing.T) {
	for status, hasReport := range map[string]bool{"FATAL": true, "CANCELLED": false} {
		opts := spapitest.Options{
			Reports: map[string]spapitest.Report{"POST_SOMETHING": {Content: []byte("why"), Status: status}},
		}
		inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
			result, err := submit(t.Context(), s, "x")
			var ended *feeds.EndedError
			if !errors.As(err, &ended) || ended.Result != result || string(result.Status) != status ||
				!strings.Contains(err.Error(), "ended as "+status) {
				t.Fatalf("%+v with error %v", result, err)
			}
			r, err := result.Report(t.Context())
			if hasReport != (err == nil) || hasReport != result.HasReport() {
				t.Errorf("%s: report %v with error %v", status, r, err)
			}
			if hasReport {
				if got, _ := io.ReadAll(r); string(got) != "why" {
					t.Errorf("report %q", got)
				}
			}
		})
	}
}

// createFeed is not retried after a lost response.
func TestSubmit_LostAnswer(t *testing.T) {
	lose := api.Operations(nil)
	inMemory(t, spapitest.Options{}, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		lose = s.Client
		s.Client = losing{lose}
		result, err := submit(t.Context(), s, "x")
		var failure *resilience.Error
		if result != nil || !errors.As(err, &failure) || !failure.MayHaveApplied {
			t.Errorf("%v with error %v", result, err)
		}
		if n := count(server, spapitest.CreateFeed); n != 1 {
			t.Errorf("%d feeds", n)
		}
	})
}

// losing is a client that loses the response of createFeed.
type losing struct{ api.Operations }

func (l losing) CreateFeed(
	ctx context.Context,
	body api.CreateFeedSpecification,
	opts ...resilience.CallOption,
) (*api.CreateFeedResponse, error) {
	_, _ = l.Operations.CreateFeed(ctx, body, opts...)
	return nil, &resilience.Error{Kind: resilience.KindTransport, MayHaveApplied: true}
}

// A caller that cancels has the feed's id and can wait for it later.
func TestSubmit_CallerGivesUpAndComesBack(t *testing.T) {
	inMemory(
		t,
		spapitest.Options{WorkTime: time.Hour, Reports: map[string]spapitest.Report{"POST_SOMETHING": {}}},
		func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			result, err := submit(ctx, s, "x")
			if !errors.Is(err, context.DeadlineExceeded) || result == nil || result.FeedID == "" {
				t.Fatalf("%+v with error %v", result, err)
			}
			result, err = s.Await(t.Context(), result.FeedID)
			if err != nil || result.Status != api.FeedProcessingStatusDone || count(server, spapitest.CreateFeed) != 1 {
				t.Errorf("%+v with error %v", result, err)
			}
		},
	)
}

func TestSubmit_Incomplete(t *testing.T) {
	for _, sub := range []feeds.Submission{
		{MarketplaceIDs: []string{"m"}, Body: strings.NewReader("x")}, {FeedType: "f", Body: strings.NewReader("x")},
		{FeedType: "f", MarketplaceIDs: []string{"m"}},
	} {
		if _, err := (&feeds.Service{}).Submit(t.Context(), sub); err == nil ||
			!strings.Contains(err.Error(), "must be set") {
			t.Errorf("%+v: %v", sub, err)
		}
	}
}

func TestDeleteListings(t *testing.T) {
	stock := map[string]int{"A": 0, "B": 0, "C,1": 0, "é": 0}
	inMemory(
		t,
		spapitest.Options{Stock: stock, Invalid: map[string]bool{"B": true}, WorkTime: time.Minute},
		func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
			d, err := s.DeleteListings(
				t.Context(),
				"SELLER",
				"ATVPDKIKX0DER",
				[]string{"A", "B", "A", "C,1", "é", strings.Repeat("x", 40)},
			)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, item := range d.Items {
				got = append(got, item.SKU[:1]+" "+string(item.Outcome))
			}
			if want := []string{"A accepted", "B invalid", "C accepted", "\xc3 accepted", "x accepted"}; !slices.Equal(
				got,
				want,
			) {
				t.Errorf("outcomes %q, want %q", got, want)
			}
			if issues := d.Items[1].Issues; len(issues) != 1 || issues[0].Message != "the listing is locked" ||
				len(d.Issues) != 0 ||
				len(d.FeedIDs) != 1 {
				t.Errorf("%+v", d)
			}
			if server.Listed("A") || !server.Listed("B") || server.Listed("C,1") {
				t.Error("other listings are left than those that were turned down")
			}
			for _, document := range server.Uploaded() {
				want := `{"header":{"sellerId":"SELLER","version":"2.0"},"messages":[{"messageId":1,"sku":"A",` +
					`"operationType":"DELETE"},{"messageId":2,"sku":"B","operationType":"DELETE"}`
				if !bytes.HasPrefix(document, []byte(want)) {
					t.Errorf("uploaded %s", document)
				}
			}
		},
	)
}

// A feed holds at most 25,000 SKUs.
func TestDeleteListings_ManyFeeds(t *testing.T) {
	inMemory(t, spapitest.Options{}, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		var skus []string
		for i := range 50_001 {
			skus = append(skus, fmt.Sprint("sku-", i))
		}
		d, err := s.DeleteListings(t.Context(), "SELLER", "ATVPDKIKX0DER", skus)
		if err != nil || len(d.FeedIDs) != 3 || len(d.Items) != 50_001 {
			t.Fatalf("%d feeds, %d items, error %v", len(d.FeedIDs), len(d.Items), err)
		}
		for _, item := range d.Items {
			if item.Outcome != feeds.Accepted {
				t.Fatalf("%+v", item)
			}
		}
		var sizes []int
		for _, document := range server.Uploaded() {
			var feed struct{ Messages []any }
			if err := json.Unmarshal(document, &feed); err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, len(feed.Messages))
		}
		if slices.Sort(sizes); !slices.Equal(sizes, []int{1, 25_000, 25_000}) {
			t.Errorf("feeds of %v SKUs", sizes)
		}
	})
}

// If a report is inconsistent, SKUs that it does not name are unknown.
func TestDeleteListings_ReportThatDoesNotAddUp(t *testing.T) {
	for _, c := range []struct {
		name, report string
		want         string // outcomes of A and B
		ok           bool
	}{
		{
			"all well", `{"issues":[],"summary":{"messagesProcessed":2,"messagesAccepted":2,"messagesInvalid":0}}`,
			"accepted accepted", true,
		},
		{
			"a warning",
			`{"issues":[{"messageId":1,"severity":"WARNING"}],"summary":{"messagesProcessed":2,` +
				`"messagesAccepted":2,"messagesInvalid":0}}`,
			"accepted accepted", true,
		},
		{
			"two errors of one",
			`{"issues":[{"messageId":1,"severity":"ERROR"},{"messageId":1,"severity":"ERROR"}],` +
				`"summary":{"messagesProcessed":2,"messagesAccepted":1,"messagesInvalid":1}}`,
			"invalid accepted", true,
		},
		{
			"the whole feed",
			`{"issues":[{"code":"4002006","severity":"ERROR"}],"summary":{"messagesProcessed":0,` +
				`"messagesAccepted":0,"messagesInvalid":0}}`,
			"unknown unknown", false,
		},
		{
			"one is missing",
			`{"issues":[],"summary":{"messagesProcessed":2,"messagesAccepted":1,"messagesInvalid":1}}`,
			"unknown unknown", false,
		},
		{
			"one is missing beside one",
			`{"issues":[{"messageId":2,"severity":"ERROR"}],"summary":{"messagesProcessed":2,"messagesAccepted":0,` +
				`"messagesInvalid":2}}`,
			"unknown invalid", false,
		},
		{
			"one too many",
			`{"issues":[],"summary":{"messagesProcessed":3,"messagesAccepted":2,"messagesInvalid":0}}`,
			"unknown unknown", false,
		},
		{
			"fewer accepted",
			`{"issues":[],"summary":{"messagesProcessed":2,"messagesAccepted":1,"messagesInvalid":0}}`,
			"unknown unknown", false,
		},
		{
			"another's message",
			`{"issues":[{"messageId":3,"severity":"ERROR"}],"summary":{"messagesProcessed":2,"messagesAccepted":2,` +
				`"messagesInvalid":0}}`,
			"accepted accepted", true,
		},
		{"no JSON", `<html>`, "unknown unknown", false},
		{"nothing", ``, "unknown unknown", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			opts := spapitest.Options{
				Reports: map[string]spapitest.Report{
					"JSON_LISTINGS_FEED": {Content: []byte(c.report), ContentType: "application/json"},
				},
			}
			inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
				d, err := s.DeleteListings(t.Context(), "SELLER", "ATVPDKIKX0DER", []string{"A", "B"})
				if (err == nil) != c.ok || d == nil || len(d.FeedIDs) != 1 {
					t.Fatalf("%+v with error %v", d, err)
				}
				if got := string(d.Items[0].Outcome + " " + d.Items[1].Outcome); got != c.want {
					t.Errorf("outcomes %q, want %q", got, c.want)
				}
				if strays := c.name == "the whole feed" ||
					c.name == "another's message"; strays != (len(d.Issues) == 1) {
					t.Errorf("issues of the feed: %+v", d.Issues)
				}
			})
		})
	}
}

// After a failed feed, no further feeds are submitted.
func TestDeleteListings_StopsAtABadEnd(t *testing.T) {
	opts := spapitest.Options{Reports: map[string]spapitest.Report{"JSON_LISTINGS_FEED": {Status: "FATAL"}}}
	inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
		skus := make([]string, 25_001)
		for i := range skus {
			skus[i] = fmt.Sprint(i)
		}
		d, err := s.DeleteListings(t.Context(), "SELLER", "ATVPDKIKX0DER", skus)
		var ended *feeds.EndedError
		if !errors.As(err, &ended) || len(d.FeedIDs) != 1 || d.Items[25_000].Outcome != feeds.Unknown ||
			count(server, spapitest.CreateFeed) != 1 {
			t.Errorf("%v after %d feeds", err, len(d.FeedIDs))
		}
	})
}

func TestDeleteListings_RefusesBadInputBeforeAnythingIsSent(t *testing.T) {
	for _, c := range []struct {
		seller, marketplace string
		skus                []string
		want                string
	}{
		{"", "m", []string{"A"}, "must be set"},
		{"s", "", []string{"A"}, "must be set"},
		{"s", "m", []string{"A", ""}, `SKU 2 ""`},
		{"s", "m", []string{strings.Repeat("x", 41)}, "want 1 to 40 characters"},
		{"s", "m", []string{"\xff"}, "SKU 1"},
	} {
		if d, err := (&feeds.Service{}).DeleteListings(t.Context(), c.seller, c.marketplace, c.skus); err == nil ||
			d != nil ||
			!strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v with error %v", c, d, err)
		}
	}
	if d, err := (&feeds.Service{}).DeleteListings(t.Context(), "s", "m", nil); err != nil || len(d.Items) != 0 {
		t.Errorf("no SKUs: %v with error %v", d, err)
	}
}
