package feeds

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/resgen/resgen/clients/spapi/documents"
	api "github.com/resgen/resgen/generated/spapi/feeds"
	"github.com/resgen/resgen/resilience/auth"
)

// A Service submits feeds. Client must be set. It is safe for concurrent use.
type Service struct {
	Client    api.Operations    // generated/spapi/feeds
	Documents *documents.Client // nil: the zero Client
	Poll      documents.Poll    // how often to check whether a feed has ended

	// Created, if set, is called with the id of each new feed before the wait for its end, for
	// example to record it. An error ends the wait.
	Created func(ctx context.Context, feedID string) error
}

// A Submission describes a feed. FeedType, MarketplaceIDs and Body must be set.
type Submission struct {
	FeedType       string
	MarketplaceIDs []string
	ContentType    string            // of the body; empty: application/json; charset=UTF-8
	Body           io.ReadSeeker     // read from its beginning, more than once if an upload fails
	Options        map[string]string // of the feed type
}

// A Result is the result of a feed.
type Result struct {
	FeedID string
	Status api.FeedProcessingStatus // DONE, CANCELLED or FATAL

	document string
	service  *Service
}

// An EndedError reports a feed that ended with CANCELLED or FATAL. After FATAL some of its changes
// may have been applied; see its report, if any.
type EndedError struct{ Result *Result }

// Error returns the feed's id and status.
func (e *EndedError) Error() string {
	return fmt.Sprintf("feed %s ended as %s; see its report, if any", e.Result.FeedID, e.Result.Status)
}

// moreUploads is how often a new document is created because its URL expired during the upload.
const moreUploads = 2

// Submit creates a feed and waits for its end. It returns an [*EndedError] after CANCELLED and
// FATAL, a [*documents.Error] of the upload, or a [*resilience.Error] of a call. createFeed is sent
// once: if its response is lost, the error has MayHaveApplied and the feed may have been created.
// Once its id is known, errors are returned together with the result, which can be passed to
// [Service.Await].
func (s *Service) Submit(ctx context.Context, sub Submission) (*Result, error) {
	if sub.FeedType == "" || len(sub.MarketplaceIDs) == 0 || sub.Body == nil {
		return nil, errors.New("feeds: FeedType, MarketplaceIDs and Body must be set")
	}
	if sub.ContentType == "" {
		sub.ContentType = "application/json; charset=UTF-8"
	}
	document, err := s.upload(ctx, sub)
	if err != nil {
		return nil, err
	}
	made, err := s.Client.CreateFeed(ctx, api.CreateFeedSpecification{
		FeedType: sub.FeedType, MarketplaceIDs: sub.MarketplaceIDs, InputFeedDocumentID: document,
		FeedOptions: sub.Options,
	})
	if err != nil {
		return nil, err
	}
	if s.Created != nil {
		if err := s.Created(ctx, made.FeedID); err != nil {
			return &Result{FeedID: made.FeedID, service: s}, err
		}
	}
	return s.Await(ctx, made.FeedID)
}

// upload stores the document and returns its id.
func (s *Service) upload(ctx context.Context, sub Submission) (string, error) {
	for n := 0; ; n++ {
		place, err := s.Client.CreateFeedDocument(
			ctx,
			api.CreateFeedDocumentSpecification{ContentType: sub.ContentType},
		)
		if err != nil {
			return "", err
		}
		err = s.bare().Upload(ctx, place.URL, sub.ContentType, sub.Body)
		var lapsed *documents.Error
		if err == nil || n >= moreUploads || !errors.As(err, &lapsed) || lapsed.Reason != documents.Expired {
			return place.FeedDocumentID, err
		}
	}
}

func (s *Service) bare() *documents.Client {
	if s.Documents != nil {
		return s.Documents
	}
	return &documents.Client{}
}

// Await waits for the end of an existing feed. An error is returned together with what is known of
// the result.
func (s *Service) Await(ctx context.Context, feedID string) (*Result, error) {
	r := &Result{FeedID: feedID, service: s}
	err := s.Poll.Until(ctx, func(ctx context.Context) (bool, error) {
		feed, err := s.Client.GetFeed(ctx, feedID)
		if err != nil {
			return false, err
		}
		r.Status = feed.ProcessingStatus
		if feed.ResultFeedDocumentID != nil {
			r.document = *feed.ResultFeedDocumentID
		}
		return ended(feed.ProcessingStatus), nil
	})
	if err == nil && r.Status != api.FeedProcessingStatusDone {
		err = &EndedError{Result: r}
	}
	return r, err
}

// ended reports whether a status is final.
func ended(s api.FeedProcessingStatus) bool {
	return s == api.FeedProcessingStatusDone || s == api.FeedProcessingStatusCancelled ||
		s == api.FeedProcessingStatusFatal
}

// HasReport reports whether there is a processing report.
func (r *Result) HasReport() bool { return r.document != "" }

// Report opens the processing report. The reader must be closed.
func (r *Result) Report(ctx context.Context) (*documents.Reader, error) {
	if !r.HasReport() {
		return nil, fmt.Errorf("feed %s has no processing report", r.FeedID)
	}
	return r.service.bare().Open(ctx, r.locate)
}

// locate returns the current location of the report.
func (r *Result) locate(ctx context.Context) (documents.Location, error) {
	d, err := r.service.Client.GetFeedDocument(ctx, r.document, api.GetFeedDocumentParams{})
	if err != nil {
		return documents.Location{}, err
	}
	return documents.Location{
		URL:  auth.NewSecret(d.URL),
		Gzip: d.CompressionAlgorithm != nil && *d.CompressionAlgorithm == "GZIP",
	}, nil
}
