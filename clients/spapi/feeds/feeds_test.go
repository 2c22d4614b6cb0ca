package feeds_test

import (
	"context"
	"errors"
	"io"
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
	"github.com/resgen/resgen/resilience/auth"
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
		test(t, server, &feeds.Service{Client: client, Documents: storage})
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
func TestSubmit_UploadURLExpires(t *testing.T) {
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

func TestSubmit_EndsInFailure(t *testing.T) {
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
func TestSubmit_CallerCancelsAndResumes(t *testing.T) {
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

// The id of a feed is known before the wait for its end, also if recording it fails.
func TestSubmit_Created(t *testing.T) {
	broken := errors.New("disk full")
	for _, want := range []error{nil, broken} {
		opts := spapitest.Options{WorkTime: time.Minute}
		inMemory(t, opts, func(t *testing.T, server *spapitest.Server, s *feeds.Service) {
			var recorded string
			s.Created = func(_ context.Context, id string) error {
				if count(server, spapitest.GetFeed) > 0 {
					t.Error("Created was called late")
				}
				recorded = id
				return want
			}
			d, err := s.DeleteListings(t.Context(), "SELLER", "M", []string{"A"})
			if !errors.Is(err, want) || len(d.FeedIDs) != 1 || d.FeedIDs[0] != recorded ||
				(count(server, spapitest.GetFeed) > 0) != (want == nil) {
				t.Errorf("%+v, recorded %q, %v", d, recorded, err)
			}
		})
	}
}
